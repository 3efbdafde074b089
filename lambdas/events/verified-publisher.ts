/** Whether a sender of the event queue, as SQS names it, is the gateway's own function. */
export type IsOwnSender = (senderId: string | undefined) => boolean;

/**
 * The role of the function that publishes for devices, whatever its session is called: SQS names the sender of a message by the id
 * of its role, a colon and the session (Amazon SQS API Reference, ReceiveMessage, `SenderId`), and takes no other word for it.
 */
export const isRole =
  (roleId: string): IsOwnSender =>
  (senderId) =>
    senderId?.startsWith(`${roleId}:`) === true;

/** Of what is read before it is published, by whoever it is: a person, a backend. */
export const nobodyIsOwn: IsOwnSender = () => false;

/**
 * The device that a message names, as far as that is verified: by the gateway's own function, which knows its session.
 * Of anybody else who may write to the queue the name of a device is no more than a claim, and is dropped.
 */
export const verifiedOnly = <From>(
  from: From,
  { SenderId }: Readonly<{ SenderId?: string }>,
  isOwnSender: IsOwnSender,
): From | undefined => (isOwnSender(SenderId) ? from : undefined);
