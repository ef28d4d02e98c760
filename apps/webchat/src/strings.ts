/** Every text that the customer reads, except notices: Flex shows those too, so transfer-core has them. */
import type { ApiFailure } from './session/webchat-api';

/** The language of the texts below. Times, dates and lists of names are formatted in it too. */
export const LANGUAGE = 'en';

const list = new Intl.ListFormat(LANGUAGE);
const UNNAMED_AUTHOR = 'Message';

export const strings = {
  title: 'Chat with us',
  /** In the place of a name. The author may be an agent, a bot or another program. */
  unnamedAuthor: UNNAMED_AUTHOR,
  messages: 'Messages',

  welcome: 'Hello!',
  invitation: 'Tell us your name, and we’ll connect you with an agent.',
  nameLabel: 'Your name',
  nameMissing: 'Please enter your name.',
  start: 'Start chat',
  starting: 'Starting…',
  previousChatUnavailable: 'Your previous chat is no longer available. You can start a new one.',

  status: {
    connecting: 'Connecting…',
    waiting: 'An agent will be with you shortly',
    ended: 'Chat ended',
    withAgents: (names: readonly string[]) => `You’re chatting with ${list.format(names)}`,
  },
  connection: {
    reconnecting: 'Connection lost. Reconnecting…',
    unreachable: 'We can’t connect you right now.',
    tryAgain: 'Try again',
  },

  fromCustomer: 'You:',
  fromOther: (name: string | undefined) => `${name ?? UNNAMED_AUTHOR}:`,
  attachment: (file: string) => `File: ${file}`,
  sending: 'Sending…',
  notSent: 'Not sent',
  sendAgain: 'Try again',
  discard: 'Delete',
  newMessages: 'New messages',
  typing: (name: string | undefined) => `${name ?? 'Someone'} is typing`,

  writeMessage: 'Write a message',
  send: 'Send',

  endChat: 'End chat',
  endQuestion: 'End this chat?',
  endConsequence: 'You can start a new one at any time.',
  endConfirm: 'End chat',
  ending: 'Ending…',
  endCancel: 'Keep chatting',

  ended: 'This chat has ended.',
  expired: 'This chat is no longer available.',
  startOver: 'Start a new chat',

  crashed: 'Something went wrong.',
  reload: 'Reload',
  today: 'Today',
  yesterday: 'Yesterday',
} as const;

/** Returns what to tell the customer about a failed call, and what they can do. */
export function explainFailure(failure: ApiFailure): string {
  switch (failure.code) {
    case 'unreachable':
      return 'We can’t connect you right now. Please check your internet connection and try again.';
    case 'invalid-answer':
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
