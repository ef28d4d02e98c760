// The decider: ledger and event in, new ledger and effects out.

export { decide } from './decide/decide';
export type { Decision } from './decide/decision';
export { findAcceptingAgent } from './decide/offer';
export type { ConversationEvent } from './events';

// The ledger of a conversation, and the transfers in it.

export {
  agentsInChat,
  buildEmptyLedger,
  findTransfer,
  LEDGER_VERSION,
  type Ledger,
  ledgerName,
  parseLedger,
  parseLedgerVersion,
  recordLocation,
  type TaskRecord,
  tasksOf,
} from './ledger';
export {
  parseTransferTrace,
  restoreTransfer,
  type TransferParties,
  type TransferTrace,
} from './restore-transfer';
export {
  isPending,
  RETURN_WITHIN_MS,
  type Release,
  ReleaseSchema,
  START_WITHIN_MS,
  type Transfer,
  type TransferState,
  transferDeadline,
  type WorkerRef,
} from './transfer';

export { isForgotten, trimLedger } from './trim-ledger';

// When a conversation needs attention without an event.

export {
  CONFIRM_AFTER_MS,
  CONFIRM_SOON_AFTER_MS,
  nextDueAt,
  parkingDueAt,
  taskDueAt,
  unattendedDueAt,
} from './next-due';

// The outbox: which effects a run executes, and in which order.

export { type Effect, effectId, reflectsLedger } from './effects';
export { findForeignEffect } from './foreign-effect';
export { CLAIM_MS, LANDING_MS, type Outbox, type OutboxEntry } from './outbox/entry';
export {
  addToOutbox,
  claimEntries,
  type Execution,
  leaveEntriesUnconfirmed,
  outboxDueAt,
  settleEntries,
  withdrawClaims,
} from './outbox/outbox';
export { type Plan, type PlannedLane, planOutbox, planUnconfirmed, type Work } from './outbox/plan';
export { buildWorkLists, listPendingParts, type WorkPart } from './outbox/work-parts';

// Failures and results.

export {
  FAILURE_STATUS,
  type FailureCode,
  fail,
  isRetryable,
  type Result,
  succeed,
  type TargetRefusal,
  type TransferFailure,
} from './failure';

// The HTTP contract between the functions and the browser apps.

export {
  type CancelTransferAnswer,
  type CancelTransferRequest,
  CancelTransferRequestSchema,
  ENDPOINTS,
  type EndWebchatAnswer,
  type EndWebchatRequest,
  EndWebchatRequestSchema,
  encodeRequest,
  type FailureAnswer,
  failureAnswer,
  MAX_NOTE_LENGTH,
  parseCancelTransferAnswer,
  parseEndWebchatAnswer,
  parseFailureAnswer,
  parseReadNoteAnswer,
  parseStartTransferAnswer,
  parseStartWebchatAnswer,
  parseSweepAnswer,
  parseTaskAnswer,
  type ReadNoteAnswer,
  type ReadNoteRequest,
  ReadNoteRequestSchema,
  type StartTransferAnswer,
  type StartTransferForm,
  type StartTransferRequest,
  StartTransferRequestSchema,
  type StartWebchatAnswer,
  type StartWebchatRequest,
  StartWebchatRequestSchema,
  type SweepAnswer,
  type SweepRequest,
  SweepRequestSchema,
  type TaskAnswer,
  type TaskRequest,
  TaskRequestSchema,
} from './contract';
export { parseJson } from './parse';
export { type SweepOutcome, waitBeforeSweepMs } from './sweep-pace';

// Notices: their data, their words, and the public names in them.

export { areAgentNoticesFull, parseAgentNotices, withAgentNotice } from './notice/agent-notices';
export { CHAT_ENDED, CUSTOMER_LEFT, parseNoticeSubject } from './notice/build-notice';
export { type AuthorNames, authorKeyOf, collectAuthorNames, findAuthorName } from './notice/introduction';
export {
  NOTICE_AUTHOR,
  NOTICE_KINDS,
  type Notice,
  type NoticeKind,
  type NoticeParty,
  type NoticeSource,
  noticeAttributes,
  parseNotice,
  type TextNotice,
  type TransferMode,
} from './notice/notice';
export { DEFAULT_LANGUAGE, describeNotice, languageOf, type NoticeLanguage } from './notice/notice-text';
export { cleanName, MAX_NAME_LENGTH } from './plain-text';
export { NameInputSchema, publicNameOf } from './public-name';

// Conversations and tasks at Twilio: SIDs, location, attributes, targets.

export {
  type Backend,
  BackendSchema,
  type ConversationRef,
  type Interaction,
  isTexting,
  normalizeChannelType,
  parseBackend,
} from './conversation';
export { conversationAttributes, isOpenForCustomer } from './conversation-attributes';
export {
  type ConversationSid,
  ConversationSidSchema,
  parseConversationSid,
  parseQueueSid,
  parseTaskSid,
  parseWorkerSid,
  type QueueSid,
  type TaskSid,
  TaskSidSchema,
  type WorkerSid,
  WorkerSidSchema,
} from './sids';
export { parseTarget, type TransferTarget } from './target';
export { surelyFits, TASK_ATTRIBUTES_BUDGET } from './task-attributes/budget';
export {
  type ChatTask,
  conversationTasksExpression,
  parseChatTask,
  parseSuccessor,
  transferTaskExpression,
} from './task-attributes/chat-task';
export { followedBy } from './task-attributes/insights';
export { readKey } from './task-attributes/keys';
export {
  addFollowedBy,
  buildRedirectAttributes,
  buildTransferTaskAttributes,
  detachConversation,
  isRedirected,
  isWithdrawnReservation,
  type TransferTaskFacts,
  withoutReservedKeys,
} from './task-attributes/transfer-task';

// TaskRouter's configuration: the workflow of transfer tasks, and the events that the functions need.

export { TASK_ROUTER_EVENTS } from './task-router-events';
export {
  type CurrentWorkflow,
  compareWorkflow,
  mergeWorkflow,
  type WorkflowComparison,
} from './workflow/compare-workflow';
export { hasRuleForQueue } from './workflow/parse-configuration';
export {
  buildTransferWorkflow,
  DEFAULT_RING_SECONDS,
  GRACE_SECONDS,
  TRANSFER_WORKFLOW_NAME,
  type TransferQueue,
  type TransferWorkflow,
  type TransferWorkflowOptions,
} from './workflow/workflow';
