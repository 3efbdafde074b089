import type { ApiBlueprint, RouteBlueprint } from './blueprint/api.ts';

/**
 * Finds the route of a message by the API's selection expression, `$request.body.<path>`. What matches no route, and what is
 * no JSON object, goes to `$default`. The reserved keys cannot be chosen by a client.
 */
export const createRouteSelector =
  ({ routes, selection }: Pick<ApiBlueprint, 'routes' | 'selection'>) =>
  (body: string): RouteBlueprint | undefined => {
    const key = valueAt(parsed(body), selection);
    const isChosen = typeof key === 'string' && !key.startsWith('$');
    return (isChosen ? routes.get(key) : undefined) ?? routes.get('$default');
  };

const valueAt = (value: unknown, path: readonly string[]): unknown =>
  path.reduce<unknown>((inner, key) => (isRecord(inner) ? inner[key] : undefined), value);

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

const parsed = (body: string): unknown => {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
};
