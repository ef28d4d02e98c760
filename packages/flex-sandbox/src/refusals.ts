/**
 * Valid requests that the sandbox refuses as Twilio does, because of a limit or of the state of the account. coverage.ts lists what
 * it answers.
 */
import type { Evidence } from './coverage.js';

/** A valid request that Twilio refuses because of a limit or of the state of the account. */
export interface RefusalCoverage {
  readonly when: string;
  /** HTTP status and Twilio's error code. */
  readonly answer: string;
  readonly evidence: Evidence;
  /** Where Twilio states it. */
  readonly source: string;
  /** The test file under `src/` that sends the request. */
  readonly test: string;
  /** What is assumed, although the rest has the evidence above. */
  readonly assumed?: string;
}

/** When, answer, path below `https://www.twilio.com/docs/`, what is assumed. */
type RefusalLine = readonly [when: string, answer: string, page: string, assumed?: string];

const refuse = (test: string, lines: readonly RefusalLine[]): RefusalCoverage[] =>
  lines.map(([when, answer, page, assumed]) => ({
    when,
    answer,
    evidence: 'documentation',
    source: `https://www.twilio.com/docs/${page}`,
    test,
    ...(assumed === undefined ? {} : { assumed }),
  }));

const THE_STATUS = 'the status';

export const REFUSALS: readonly RefusalCoverage[] = [
  ...refuse('chat/limits.test.ts', [
    [
      'attributes of a conversation, channel or user are over 16 KB, of a participant, member or message over 4 KB',
      '400/50303',
      'conversations/conversations-limits',
      'the code for others than channels; KB are 1,024 bytes of UTF-8; the status',
    ],
    [
      'attributes of chat are not JSON',
      '400/50304',
      'api/errors/50304',
      'the code for others than channels; the status',
    ],
    ['the body of a message is over 32 KB', '400/50504', 'api/errors/50504', THE_STATUS],
    ['a friendly name is over 256 characters', '400/50003', 'api/errors/50003', THE_STATUS],
    ['an identity is over 256 characters', '400/50207', 'api/errors/50207', THE_STATUS],
    ['an identity looks like the SID of a user', '400/50206', 'api/errors/50206', THE_STATUS],
    ['the unique name of a conversation is taken', '409/50353', 'api/errors/50353'],
    ['the unique name of a channel is taken', '409/50307', 'api/errors/50307', THE_STATUS],
    ['the unique name of a conversation looks like its SID', '400/50390', 'api/errors/50390', THE_STATUS],
    ['the unique name of a channel looks like its SID', '400/50306', 'api/errors/50306', THE_STATUS],
    ['a participant exists', '409/50433', 'api/errors/50433', THE_STATUS],
    ['a member exists', '409/50404', 'api/errors/50404', THE_STATUS],
    ['a user exists', '409/50201', 'api/errors/50201', THE_STATUS],
    ['the state of a conversation is unknown', '400/50378', 'api/errors/50378', THE_STATUS],
    ['the state of a conversation is empty', '400/50374', 'api/errors/50374', THE_STATUS],
    ['a message names media that do not exist', '400/50507', 'api/errors/50507', THE_STATUS],
    ['the role of a user does not allow a command', '403/50107', 'api/errors/50107'],
  ]),
  ...refuse('task-router/limits.test.ts', [
    [
      'the attributes of a task are over 4,096 characters, in a creation or an update',
      '400/20001',
      'taskrouter/limits',
      'characters are UTF-16 units',
    ],
    ['an expression in a request is invalid', '400/20001', 'taskrouter/expression-syntax', 'the code'],
    [
      'a list of tasks, workers or queues is filtered by an expression more than three times a second',
      '429/20429',
      'taskrouter/limits',
      'any period of a second counts',
    ],
  ]),
  ...refuse('sync/limits.test.ts', [
    [
      'an object of Sync is written, or read, more than 20 times a second',
      '429/54009',
      'sync/limits',
      'at most 200 requests in any ten seconds',
    ],
  ]),
  ...refuse('sync/sync.test.ts', [
    ['a document is over 16 KiB', '413/54006', 'api/errors/54006'],
    ['If-Match is not the revision of a document', '412/54103', 'api/errors/54103'],
  ]),
  ...refuse('sync/maps.test.ts', [
    ['a map item is over 16 KiB', '413/54006', 'api/errors/54006'],
    ['If-Match is not the revision of a map item', '412/54205', 'api/errors/54205'],
  ]),
  ...refuse('flex/interactions/interactions.test.ts', [
    [
      'an invite to a channel that is not active',
      '400/80906',
      'api/errors/80906',
      'the code, which may also be 45376; the status',
    ],
    ['a channel gets an unknown status', '400/45359', 'api/errors/45359', THE_STATUS],
  ]),
  ...refuse('flex/interactions/event-bridge.test.ts', [
    [
      'an agent who is in the interaction accepts another invite',
      '400/80102',
      'api/errors/80102',
      THE_STATUS,
    ],
  ]),
  ...refuse('chat/conversation-states.test.ts', [
    ['a closed conversation is changed', '400/50377', 'api/errors/50377', THE_STATUS],
    ['a conversation is created as closed', '400/50384', 'api/errors/50384', THE_STATUS],
  ]),
  ...refuse('chat/access.test.ts', [
    ['a user reads a conversation of others', '403/50430', 'api/errors/50430'],
    ['a user of the SDK reads an unknown conversation', '404/50350', 'api/errors/50350', THE_STATUS],
  ]),
  ...refuse('flex/texts.test.ts', [
    ['an address with this proxy address is in an open conversation', '409/50416', 'api/errors/50416'],
  ]),
  ...refuse('sync/permissions.test.ts', [
    ['an identity has no permission for an object of Sync', '403/54007', 'api/errors/54007'],
  ]),
  ...refuse('paging.test.ts', [
    ['PageSize is over 1,000', '400/20007', 'api/errors/20007', THE_STATUS],
    ['PageSize is no whole number from 1', '400/20001', 'usage/twilios-response', 'code and status'],
    ['Page is no whole number from 0', '400/20001', 'usage/twilios-response', 'code and status'],
    ['PageToken is invalid', '400/21481', 'api/errors/21481', THE_STATUS],
    [
      'Page is over 0 without a PageToken in a list of TaskRouter',
      '400/40153',
      'api/errors/40153',
      'lists other than workers',
    ],
    ['PageSize is no whole number from 1 to 1,000 in a list of Sync', '400/54454', 'api/errors/54454'],
    ['PageToken is invalid in a list of Sync', '400/54453', 'api/errors/54453'],
  ]),
];
