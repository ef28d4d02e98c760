/**
 * Every word the customer reads, but those of notices: they are in transfer-core, for Flex says them too.
 */
import type { ApiFailure } from './session/webchat-api';

/** The language of the words below: times, days and lists of names are written in it too. */
export const LANGUAGE = 'en';

const list = new Intl.ListFormat(LANGUAGE);

export const strings = {
  title: 'Chat with us',
  someAgent: 'Agent',
  messages: 'Messages',

  welcome: 'Hello!',
  invitation: 'Tell us your name, and an agent will be with you.',
  nameLabel: 'Your name',
  nameMissing: 'Please enter your name.',
  start: 'Start chat',
  starting: 'Starting…',
  previousChatGone: 'Your previous chat is no longer available. You can start a new one.',

  status: {
    connecting: 'Connecting…',
    waiting: 'An agent will be with you shortly',
    ended: 'Ended',
    with: (names: readonly string[]) => `You’re chatting with ${list.format(names)}`,
  },
  connection: {
    connecting: 'Connecting…',
    reconnecting: 'Connection lost. Reconnecting…',
    unreachable: 'We can’t connect you right now.',
    tryAgain: 'Try again',
  },

  youSaid: 'You:',
  agentSaid: (name: string | undefined) => `${name ?? 'Agent'}:`,
  attachment: (file: string) => `File: ${file}`,
  sending: 'Sending…',
  notSent: 'Not sent',
  sendAgain: 'Try again',
  discard: 'Delete',
  newMessages: 'New messages',
  typing: (name: string | undefined) => `${name ?? 'Agent'} is typing`,

  write: 'Write a message',
  send: 'Send',

  end: 'End chat',
  endQuestion: 'End this chat?',
  endConsequence: 'You can start a new one at any time.',
  endConfirm: 'End chat',
  ending: 'Ending…',
  endCancel: 'Keep chatting',

  ended: 'This chat has ended.',
  expired: 'This chat is no longer available.',
  startAgain: 'Start a new chat',

  crashed: 'Something went wrong.',
  reload: 'Reload',
  today: 'Today',
  yesterday: 'Yesterday',
} as const;

/** What the customer may know of a failed call, and do about it. */
export function explainFailure(failure: ApiFailure): string {
  switch (failure.code) {
    case 'unreachable':
      return 'We can’t be reached right now. Please check your connection and try again.';
    case 'not-understood':
      return 'Chat is not available right now. Please try again later.';
    case 'refused':
      if (failure.answer.code === 'bad-input') return 'Please check your name and try again.';
      if (failure.answer.code === 'session-invalid')
        return 'This chat is no longer available. Please start a new one.';
      return failure.answer.retryable
        ? 'Something went wrong. Please try again.'
        : 'Chat is not available right now. Please try again later.';
  }
}
