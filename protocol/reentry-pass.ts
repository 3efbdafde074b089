/** The re-entry pass on the wire: in `auth_success`, and at a handshake as a second subprotocol. What is in it concerns nobody outside the gateway. */

/** 60 characters, each of which may stand in the name of a subprotocol (a token of RFC 9110, section 5.6.2). */
export const reentryPassPattern = /^mrp_[A-Za-z0-9_-]{56}$/;

/** A pass is offered as a subprotocol of this name and the pass behind it; the gateway never chooses it. */
export const passSubprotocolPrefix = 'maitred.pass.';

/** Every pass in a text, or what is left of one that was cut. */
const passes = /mrp_[A-Za-z0-9_-]{6,}/g;

/** The text as people and logs may see it. */
export const withoutPasses = (text: string): string => text.replace(passes, '[pass]');
