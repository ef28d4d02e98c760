import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { oneOfEachEffect } from '../test/effects';
import { aTaskSid } from '../testing';
import { completeTask, type Effect, EffectSchema, effectId, reflectsLedger } from './effects';

describe('every effect', () => {
  it.each(Object.entries(oneOfEachEffect()))('survives JSON: %s', (kind, effect) => {
    expect(effect.kind).toBe(kind);
    expect(v.parse(EffectSchema, JSON.parse(JSON.stringify(effect)))).toEqual(effect);
  });
});

describe('effectId', () => {
  it('differs for effects of another kind or subject', () => {
    const ids = (...effects: readonly Effect[]) => new Set(effects.map(effectId));
    const effects = Object.values(oneOfEachEffect());
    expect(ids(...effects).size).toBe(effects.length);
    // Only a conversation has no other subject.
    const others = Object.values(oneOfEachEffect('another', aTaskSid(2)));
    expect(ids(...effects, ...others).size).toBe(2 * effects.length - 1);
  });

  it('is the same for effects that do the same, whatever else they say', () => {
    expect(effectId(completeTask(aTaskSid(1), 'goes-on'))).toBe(
      effectId(completeTask(aTaskSid(1), 'has-ended')),
    );
  });
});

describe('reflectsLedger', () => {
  it('is true for the redirect of a task and the update of the conversation only', () => {
    const reflecting = Object.values(oneOfEachEffect()).filter(reflectsLedger);
    expect(reflecting.map(({ kind }) => kind)).toEqual(['redirect-task', 'update-conversation']);
  });
});
