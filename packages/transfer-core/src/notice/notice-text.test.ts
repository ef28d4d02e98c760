import { describe, expect, it } from 'vitest';
import { everyNotice } from '../../testing';
import type { Notice } from './notice';
import { DEFAULT_LANGUAGE, describeNotice, languageOf, NOTICE_WORDS } from './notice-text';

const head = { v: 1 as const, id: 'n' };

describe('describeNotice', () => {
  it('describes every notice', () => {
    expect(everyNotice().map((notice) => describeNotice(notice))).toEqual([
      'Alice joined the chat',
      'Alice left the chat',
      'Alice is inviting Bob to the chat',
      'Alice is inviting someone from Billing to the chat',
      'Alice is transferring the chat to Bob',
      'Alice is transferring the chat to another team',
      'Bob could not take the chat',
      'There was no answer from another team',
      'Alice cancelled the transfer',
      'The chat could not be transferred to Bob',
      'Bob could not take the chat. We are looking for someone else',
      'There was no answer from another team. We are looking for someone else',
      'Alice cancelled the transfer. We are looking for someone else',
      'The customer left the chat',
      'The chat has ended',
    ]);
  });

  it('fills every placeholder in every language', () => {
    for (const language of Object.keys(NOTICE_WORDS) as Array<keyof typeof NOTICE_WORDS>) {
      for (const notice of everyNotice()) {
        expect(describeNotice(notice, language)).toMatch(/^[^{}]+$/);
      }
    }
  });

  it('starts a sentence about another team with a capital letter', () => {
    const declined: Notice = { ...head, kind: 'transfer-declined', to: { kind: 'queue' } };
    expect(describeNotice(declined)).toBe('Another team could not take the chat');
  });

  it.each(['{sentence}', '{target}', '$&'])(
    'does not change the name %s in a notice that says we are looking for someone else',
    (name) => {
      const cancelled: Notice = { ...head, kind: 'transfer-cancelled', name, looking: true };
      expect(describeNotice(cancelled)).toBe(
        `${name} cancelled the transfer. We are looking for someone else`,
      );
    },
  );

  it('returns the text of a text notice unchanged', () => {
    expect(describeNotice({ kind: 'text', text: 'agent {name} <b>left</b>' })).toBe(
      'agent {name} <b>left</b>',
    );
  });

  it.each(['{name}', '{target}', '{from} {target}', '<b>Bob</b>', '&amp;', '$&', '$1', '\\'])(
    'does not change the name %s',
    (name) => {
      expect(describeNotice({ ...head, kind: 'agent-joined', name })).toBe(`${name} joined the chat`);
      const started: Notice = {
        ...head,
        kind: 'transfer-started',
        mode: 'cold',
        from: name,
        to: { kind: 'agent', name },
      };
      expect(describeNotice(started)).toBe(`${name} is transferring the chat to ${name}`);
    },
  );
});

describe('languageOf', () => {
  it.each(['en', 'en-US', 'EN-gb', 'en-Latn-US'])('returns English for %s', (locale) => {
    expect(languageOf(locale)).toBe('en');
  });

  it.each(['', 'xx', 'xx-EN', 'e', 'constructor', '__proto__', 'toString'])(
    'returns the default language for %j',
    (locale) => {
      expect(languageOf(locale)).toBe(DEFAULT_LANGUAGE);
      expect(describeNotice({ ...head, kind: 'chat-ended' }, languageOf(locale))).toBe('The chat has ended');
    },
  );
});
