/**
 * Every text that agents read from this plugin. The plugin adds them to Flex's own strings, so an admin or another
 * plugin can replace each text by its key.
 *
 * They are Handlebars templates. `{{name}}` inserts an escaped value. Use `{{{…}}}` for Flex's icons only, because
 * names and messages come from other people.
 */
export const EN = {
  ChatTransferButton: 'Transfer chat',
  /** On the same button while a transfer is open. */
  ChatTransferButtonWaiting: 'Transfer chat: a transfer is waiting for an answer',
  ChatTransferEndButton: 'Leave',

  /** Above the chat while a transfer is open. Names are public names, as in the notice. */
  ChatTransferWaiting: 'Waiting for {{target}}…',
  ChatTransferWaitingOther: '{{from}} is waiting for {{target}}…',
  /** In wrap-up the page does not receive the answer, so this text must stay true after it. */
  ChatTransferWaitingInWrapup: 'You transferred the chat to {{target}}.',
  ChatTransferAnotherTeam: 'another team',
  ChatTransferCancel: 'Cancel transfer',
  ChatTransferCancelling: 'Cancelling…',
  ChatTransferCancelled: 'Transfer cancelled. The chat is being returned.',

  /** Above the message input of a chat with a texting customer, who does not receive most notices. */
  ChatTransferAgentOnly: 'Only agents see this',

  /** For a chat that is offered to the agent: in the task list and the canvas, by public name. */
  ChatTransferIncomingTransfer: 'Transfer from {{task.attributes.chatTransfer.from}}',
  ChatTransferIncomingInvitation: '{{task.attributes.chatTransfer.from}} invites you to join',
  /** In the same places, for a chat that is offered again because no agent took the transfer. */
  ChatTransferIncomingDeclined: '{{task.attributes.chatTransfer.returned.to.name}} could not take the chat',
  ChatTransferIncomingUnanswered:
    'No answer from {{#with task.attributes.chatTransfer.returned.to}}{{#if name}}{{name}}' +
    '{{else if label}}{{label}}{{else}}another team{{/if}}{{/with}}',
  ChatTransferIncomingCancelled: '{{task.attributes.chatTransfer.from}} cancelled the transfer',
  ChatTransferIncomingCancelledByYou: 'You cancelled the transfer',

  /** Second line of a chat in the task list if its last message is a notice. Flex's own line would name an author. */
  ChatTransferTaskLine: '{{helper.durationSinceUpdate}} | {{helper.chat.lastMessage.source.body}}',
  /** The same for webchats. Their line begins with whether the customer is online. */
  ChatTransferWebTaskLine:
    "{{#if helper.isCustomerOnline}} {{{icon name='GreenIndicator'}}} {{else}} {{{icon name='GreyIndicator'}}} {{/if}}" +
    '{{helper.durationSinceUpdate}} | {{helper.chat.lastMessage.source.body}}',

  ChatTransferStillTrying: 'Still trying to transfer the chat…',

  /** For an agent who is not looking at the chat. `notice` is the notice's sentence. */
  ChatTransferNotTaken: '{{notice}}. The chat with {{customer}} is still yours.',
  ChatTransferShowChat: 'Show chat',
  /** For the agent who transferred. Names are public names, as in the notice. */
  ChatTransferTargetOffline: '{{target}} did not answer. Their status is now {{activity}}.',
  /** For an agent whose offer of a chat has timed out. */
  ChatTransferMissedChat:
    'You did not answer a chat in time, so your status was set to {{activity}}. Change your status to get chats again.',

  /** What did not happen. Each text of a failure below begins with one of these, as `outcome`. */
  ChatTransferNotTransferred: 'The chat was not transferred.',
  ChatTransferNotCancelled: 'The transfer was not cancelled.',
  ChatTransferNotLeft: 'You are still in the chat.',
  ChatTransferNotCompleted: 'The task was not completed.',
  /** The same when the page cannot know what happened, because it got no answer. */
  ChatTransferNotConfirmed: 'The transfer is not confirmed yet.',
  ChatTransferCancellationNotConfirmed: 'It is not confirmed that the transfer was cancelled.',
  ChatTransferLeavingNotConfirmed: 'It is not confirmed that you left the chat.',
  ChatTransferCompletionNotConfirmed: 'It is not confirmed that the task was completed.',

  /** After a request that succeeded. */
  ChatTransferNoticesPending: 'Done. Twilio is slow, so the notice appears in the chat within two minutes.',

  ChatTransferFailedUnreachable:
    '{{outcome}} The chat transfer service does not answer. Check your connection, then try again.',
  ChatTransferFailedTemporarily: '{{outcome}} Try again in a moment.',
  ChatTransferFailedStartPending: '{{outcome}} The chat shows within two minutes what became of it.',
  ChatTransferFailedJoining: '{{outcome}} You are still joining this chat. Try again in a moment.',
  ChatTransferFailedSignedOut: '{{outcome}} Your session has ended. Sign in to Flex again.',
  ChatTransferFailedNotAllowed: '{{outcome}} This chat is no longer yours. Reload Flex if you still see it.',
  ChatTransferFailedTargetNotFound: '{{outcome}} That agent or queue no longer exists. Choose another one.',
  ChatTransferFailedTargetIsSelf:
    '{{outcome}} This chat is already with you. Choose another agent or a queue.',
  ChatTransferFailedTargetInChat: '{{outcome}} That agent is already in the chat. Choose another one.',
  ChatTransferFailedTaskFull:
    '{{outcome}} This chat carries too much data to be transferred. Stay with the customer, and tell your supervisor: {{failureCode}}.',
  ChatTransferFailedTargetUnavailable:
    '{{outcome}} That agent is not available right now. Choose another agent or a queue.',
  ChatTransferFailedTargetAtCapacity:
    '{{outcome}} That agent cannot take another chat right now. Choose another agent or a queue.',
  ChatTransferFailedQueueWithoutRule:
    '{{outcome}} Chats cannot be transferred to this queue yet. Choose another one, and tell your supervisor: {{failureCode}}.',
  ChatTransferFailedTargetUnsupported: '{{outcome}} You can transfer chats to agents and queues only.',
  ChatTransferFailedTransferOpen:
    '{{outcome}} {{startedBy}} started a transfer at {{startedAt}}. Wait until it is answered.',
  ChatTransferFailedAccepted: '{{outcome}} Another agent has already accepted it.',
  ChatTransferFailedAcceptedBy: '{{outcome}} {{acceptedBy}} has already accepted it.',
  ChatTransferFailedTransferEnded: '{{outcome}} The transfer has already ended.',
  ChatTransferFailedChatEnded: '{{outcome}} The chat has ended.',
  ChatTransferFailedSetup: '{{outcome}} Tell your supervisor: {{failureCode}}.',

  ChatTransferNotSetUp:
    'Chat transfer is not set up, so you cannot transfer chats. Ask your administrator to set functions_url.',
  ChatTransferFlexTooOld:
    'Chat transfer needs a newer version of Flex, so you cannot transfer chats. Ask your administrator to update Flex.',
} as const;

export type StringKey = keyof typeof EN;
