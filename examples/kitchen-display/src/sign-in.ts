/** Stands where the login of your display is: a token as text, kept as long as this tab is open. */

const fragment = new URLSearchParams(location.hash.slice(1)).get('token');

export const keepToken = (token: string): void => sessionStorage.setItem('token', token.trim());

/** An address with a token in it is nothing to keep in a history. */
if (fragment !== null) {
  keepToken(fragment);
  history.replaceState(null, '', location.pathname + location.search);
}

/** Nothing where nobody signed in: the client asks again, later. */
export const tokenHere = (): string => sessionStorage.getItem('token') ?? '';
