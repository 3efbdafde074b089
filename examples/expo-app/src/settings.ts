/** What Metro puts in from `.env.local` or the environment of the build. */
import { Platform } from 'react-native';

/** The gateway of `npm start`, as the emulators of both systems reach it. */
const ofThisMachine = Platform.select({ android: 'ws://10.0.2.2:8787/local', default: 'ws://127.0.0.1:8787/local' });

export const url = process.env.EXPO_PUBLIC_MAITRED_URL ?? ofThisMachine;
export const restaurantId = process.env.EXPO_PUBLIC_RESTAURANT ?? 'r-17';
/** For development: in an app that people get, the token comes from their login. */
export const developmentToken = process.env.EXPO_PUBLIC_TOKEN;
/** Answers a GET with the list of open orders. */
export const ordersUrl = process.env.EXPO_PUBLIC_ORDERS_URL;
