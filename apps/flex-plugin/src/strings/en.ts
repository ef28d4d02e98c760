/**
 * Every text of the plugin that an agent reads. Flex keeps them among its own strings, so an admin or another
 * plugin may replace each by its key.
 *
 * They are Handlebars templates: `{{name}}` is inserted escaped. `{{{…}}}` is for Flex's icons only: names
 * and messages come from outside.
 */
export const EN = {
  ChatTransferButton: 'Transfer chat',
  /** Instead of it while nobody has answered a transfer. */
  ChatTransferButtonWaiting: 'Transfer chat: a transfer is waiting for an answer',
  ChatTransferEndButton: 'Leave',

  /** Above the chat while a transfer waits for an answer, by public names, as in the notice. */
  ChatTransferWaiting: 'Waiting for {{target}}…',
  ChatTransferWaitingOther: '{{from}} is waiting for {{target}}…',
  /** In wrap-up nobody tells this page of the answer any more. */
  ChatTransferWaitingInWrapup: 'You transferred the chat to {{target}}.',
  ChatTransferAnotherTeam: 'another team',
  ChatTransferCancel: 'Cancel transfer',
  ChatTransferCancelling: 'Cancelling…',
  ChatTransferCancelled: 'Transfer cancelled. The chat is on its way back.',

  /** Above what the agent writes to a customer who texts: the transfers of a chat are not texted. */
  ChatTransferAgentOnly: 'Only agents see this',

  /** What rings, in the task list and in the canvas; by the public name, as in the notice. */
  ChatTransferIncomingTransfer: 'Transfer from {{task.attributes.chatTransfer.from}}',
  ChatTransferIncomingInvitation: '{{task.attributes.chatTransfer.from}} invites you to join',
  /** The same for a chat that comes back because nobody took it. */
  ChatTransferIncomingDeclined: '{{task.attributes.chatTransfer.returned.to.name}} could not take the chat',
  ChatTransferIncomingUnanswered:
    'No answer from {{#with task.attributes.chatTransfer.returned.to}}{{#if name}}{{name}}' +
    '{{else if label}}{{label}}{{else}}another team{{/if}}{{/with}}',
  ChatTransferIncomingCancelled: '{{task.attributes.chatTransfer.from}} cancelled the transfer',
  ChatTransferIncomingCancelledByYou: 'You cancelled the transfer',

  /** Second line of a chat in the task list while its last message is a notice; Flex's own would name an author. */
  ChatTransferTaskLine: '{{helper.durationSinceUpdate}} | {{helper.chat.lastMessage.source.body}}',
  /** The same for webchats, whose line begins with whether the customer is online. */
  ChatTransferWebTaskLine:
    "{{#if helper.isCustomerOnline}} {{{icon name='GreenIndicator'}}} {{else}} {{{icon name='GreyIndicator'}}} {{/if}}" +
    '{{helper.durationSinceUpdate}} | {{helper.chat.lastMessage.source.body}}',

  ChatTransferStillTrying: 'Still trying to transfer the chat…',

  /** To an agent who is looking at something else. `what` is the notice. */
  ChatTransferNotTaken: '{{what}}. The chat with {{customer}} is still yours.',
  ChatTransferShowChat: 'Show chat',

  /** What did not happen; each failure below begins with one of these as `outcome`. */
  ChatTransferNotTransferred: 'The chat was not transferred.',
  ChatTransferNotCancelled: 'The transfer was not cancelled.',
  ChatTransferNotLeft: 'You are still in the chat.',
  ChatTransferNotCompleted: 'The task is not completed.',

  ChatTransferFailedUnreachable:
    '{{outcome}} The chat transfer service does not answer. Check your connection, then try again.',
  ChatTransferFailedTemporarily: '{{outcome}} Try again in a moment.',
  ChatTransferFailedSignedOut: '{{outcome}} Your session has ended. Sign in to Flex again.',
  ChatTransferFailedNotAllowed: '{{outcome}} This chat is no longer yours. Reload Flex if it still shows.',
  ChatTransferFailedTargetNotFound: '{{outcome}} That agent or queue no longer exists. Choose another one.',
  ChatTransferFailedTargetIsSelf: '{{outcome}} It is with you already. Choose another agent or a queue.',
  ChatTransferFailedTargetInChat: '{{outcome}} That agent is in the chat already. Choose another one.',
  ChatTransferFailedTargetUnsupported: '{{outcome}} Chats can go to agents and queues only.',
  ChatTransferFailedTransferOpen:
    '{{outcome}} {{startedBy}} started a transfer at {{startedAt}} that nobody has answered yet. Wait for the answer.',
  ChatTransferFailedAccepted: '{{outcome}} Somebody has accepted it already.',
  ChatTransferFailedAcceptedBy: '{{outcome}} {{acceptedBy}} has accepted it already.',
  ChatTransferFailedTransferEnded: '{{outcome}} It has ended in the meantime.',
  ChatTransferFailedChatEnded: '{{outcome}} The chat has ended.',
  ChatTransferFailedSetup: '{{outcome}} Tell your supervisor: {{failureCode}}.',

  ChatTransferNotSetUp:
    'Chat transfer is not set up, so chats cannot be transferred. Tell your administrator: functions_url.',
} as const;

export type StringKey = keyof typeof EN;
