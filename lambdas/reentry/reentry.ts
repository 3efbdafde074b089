/** Giving a pass, taking one at a handshake, and no longer trusting its member. A pass decides who pays for a handshake, and nothing else. */
import { passSubprotocolPrefix } from '../../protocol/reentry-pass.ts';
import type { Handshake, Session } from '../connection/connection.ts';
import type { Ports } from '../ports.ts';
import { passOf, periodOf, readPass, verifiedMember } from './pass.ts';

/** How long the handshakes of a member that was refused count at the address again. */
export const distrustMs = 15 * 60_000;

/** The pass of a session. None while its key cannot be had: a session is one without it. */
export const reentryPass =
  ({ passKeys, telemetry }: Pick<Ports, 'passKeys' | 'telemetry'>) =>
  async (session: Session): Promise<string | undefined> => {
    try {
      return passOf(await passKeys.toSign(periodOf(session.grantedAtMs)), session);
    } catch (error) {
      telemetry.failed('pass_keys', {}, error);
      return undefined;
    }
  };

/** The member whose pass is among the offered subprotocols. One that does not verify is none. */
export const memberShown =
  ({ passKeys, telemetry, now }: Pick<Ports, 'passKeys' | 'telemetry' | 'now'>) =>
  async (offered: readonly string[]): Promise<string | undefined> => {
    const shown = offered.find((one) => one.startsWith(passSubprotocolPrefix));
    const pass = shown && readPass(shown.slice(passSubprotocolPrefix.length), now());
    if (!pass) return undefined;
    try {
      const keys = await passKeys.toVerify();
      return keys && verifiedMember(keys, pass);
    } catch (error) {
      telemetry.failed('pass_keys', {}, error);
      return undefined;
    }
  };

/** Whether the handshake is one of the member's own allowance. When in doubt it counts at the address. */
export const isWithinMembersAllowance =
  ({ memberCounters, limits, telemetry, now }: Pick<Ports, 'memberCounters' | 'limits' | 'telemetry' | 'now'>) =>
  async (handshake: Handshake): Promise<boolean> => {
    if (handshake.passMember === undefined) return false;
    const nowMs = now();
    try {
      const { handshakes, distrustedUntilMs } = await memberCounters.countHandshake(handshake.passMember, nowMs);
      return distrustedUntilMs <= nowMs && handshakes <= limits.reentriesPerMinute;
    } catch (error) {
      telemetry.failed('budget', handshake, error);
      return false;
    }
  };

/** The member whose pass was shown on this socket was refused there, or somebody was hostile on it. */
export const distrustMember =
  ({ memberCounters, telemetry, now }: Pick<Ports, 'memberCounters' | 'telemetry' | 'now'>) =>
  async (handshake: Handshake): Promise<void> => {
    if (handshake.passMember === undefined) return;
    const nowMs = now();
    try {
      await memberCounters.distrust(handshake.passMember, nowMs, nowMs + distrustMs);
    } catch (error) {
      telemetry.failed('budget', handshake, error);
    }
  };
