/** Calls that throw: nobody knows whether they were applied. The SDK may have tried again before, or the handler finds out. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { runs } from '../harness/runs.ts';
import { trailOf } from '../memory/audit.ts';
import { platform } from '../memory/platform.ts';
import { when } from '../memory/port-call.ts';
import { memoryWorld } from '../memory/world.ts';
import { brokenAtRest } from './invariants.ts';
import { perform } from './perform.ts';
import { anyCrash, anyLoss, type Script, scripts, texts } from './script.ts';

const brokenBy = (script: fc.Arbitrary<Script>, numRuns: number, among: (what: string) => boolean = () => true) =>
  fc.assert(
    fc.asyncProperty(fc.scheduler(), script, async (scheduler, one) =>
      expect(brokenAtRest(await perform(scheduler, one)).filter(among)).toEqual([]),
    ),
    { numRuns: runs(numRuns) },
  );

describe('a lost answer', () => {
  // Guard: own-write recognition in each transition, and a lease or an activation that is asked for again (I3, I4, I7, I8).
  test('of any call of any handler changes no outcome', () =>
    brokenBy(scripts({ faults: anyLoss.map((loss) => [loss]) }), 1_500));

  // Guard: only the owner activates, so a session that is there is its own, whoever moved it on meanwhile (I4, I7).
  test.each([
    { why: 'renewed', said: texts.chef, left: 'authenticated', told: ['auth_success', 'auth_success'] },
    { why: 'closed', said: texts.cashier, left: 'closing', told: ['closing'] },
  ])(
    'of the write that activates, found out when the session is $why already, abandons nobody',
    async ({ said, left, told }) => {
      let isAuthenticated = false;
      const world = memoryWorld(async (call) => {
        if (isAuthenticated || call !== 'request-1 connections.activate answers') return;
        isAuthenticated = true;
        await door.say(said);
      });
      const door = platform(world);
      await door.connect();
      await door.say(texts.chef, { requestId: 'request-1', conduct: when('connections.activate', 'retried') });
      expect(isAuthenticated).toBe(true);
      expect(door.rowOf()?.status).toBe(left);
      expect(door.readBy().map(({ type }) => type)).toEqual(told);
      expect(trailOf(world.audit).map(({ detail }) => detail)).not.toContain('never_seated');
    },
  );

  test('and a crash change no outcome', () => brokenBy(scripts({ faults: fc.tuple(anyCrash, anyLoss) }), 1_000));

  // With a table that fails again and again a client may be told `unavailable` although it has a session, and that is
  // recorded beside the grant. Nobody gets in by it, nothing is sent that must not be, and no record is missing.
  test('again and again lets nobody in and loses no record', () => {
    const mayBe = [
      'I4: an attempt has two records',
      'I7: auth_success after auth_error',
      'I8: a refused socket is open',
    ];
    const many = fc.array(fc.oneof(anyLoss, anyCrash), { minLength: 2, maxLength: 6 });
    return brokenBy(scripts({ faults: many }), 1_500, (what) => !mayBe.includes(what));
  });
});
