/**
 * What the sandbox imitates, how completely, and on what evidence. coverage.test.ts compares this list with
 * the endpoints that the sandbox serves, so each endpoint needs a line here.
 *
 * Evidence: `client`: an unmodified Twilio client sends the request and accepts the response.
 * `documentation`: Twilio's documentation or API description says so. `assumed`: neither; trust it least.
 */

export type Evidence = 'client' | 'documentation' | 'assumed';

interface Coverage {
  readonly evidence: Evidence;
  /** The test file under `src/` that sends the request or causes the event. */
  readonly test: string;
  /** What is not imitated. When absent, everything that chat in Flex needs is imitated. */
  readonly missing?: string;
  /** What is assumed, although the rest has the evidence above. */
  readonly assumed?: string;
}

export interface EndpointCoverage extends Coverage {
  /** First label of the host; `event-bridge-request` for requests in the envelopes of the event bridge. */
  readonly product: string;
  /** `SOCKET`, or one or more HTTP methods. */
  readonly methods: string;
  readonly template: string;
}

export interface EventCoverage extends Coverage {
  /** A frame on the event bridge, a TaskRouter event callback, or a push over twilsock. */
  readonly transport: 'frame' | 'callback' | 'twilsock';
  readonly events: readonly string[];
}

/** Methods (`SOCKET`, or HTTP methods), path template, what is missing, what is assumed. */
type Line = readonly [
  methods: string,
  template: string,
  missing?: string | undefined,
  assumed?: string | undefined,
];

function cover(
  product: string,
  coverage: Omit<Coverage, 'missing' | 'assumed'>,
  lines: readonly Line[],
): EndpointCoverage[] {
  return lines.map(([methods, template, missing, assumed]) => ({
    product,
    methods,
    template,
    ...coverage,
    ...(missing === undefined ? {} : { missing }),
    ...(assumed === undefined ? {} : { assumed }),
  }));
}

/** Each line twice: for a path without the service and for one with it. */
const withOptionalService = (lines: readonly Line[]): Line[] =>
  lines.flatMap((line) => [
    line,
    [line[0], line[1].replace('/v1/', '/v1/Services/:service/'), line[2], line[3]] as const,
  ]);

/** The three kinds of statistics of a workspace, or of what is below it at `path`. */
const withStatistics = (path: string): Line[] =>
  ['Statistics', 'RealTimeStatistics', 'CumulativeStatistics'].map((name) => [
    'GET',
    `/v1/Workspaces/:workspace${path}/${name}`,
    name === 'RealTimeStatistics' ? undefined : 'events before the last 5,000',
    'supervisors with a Flex token may read them, agents may not',
  ]);

const NO_TIMERS_OR_RECEIPTS = 'timers, delivery receipts, webhooks';

export const ENDPOINTS: readonly EndpointCoverage[] = [
  ...cover('monitor', { evidence: 'documentation', test: 'task-router/alerts.test.ts' }, [
    ['GET', '/v1/Alerts', 'filters; every alert except those about known workers'],
    ['GET', '/v1/Alerts/:alert'],
  ]),
  ...cover('taskrouter', { evidence: 'documentation', test: 'task-router/rest.test.ts' }, [
    ['GET POST', '/v1/Workspaces', 'workspace templates'],
    ['GET POST DELETE', '/v1/Workspaces/:workspace'],
    ['GET POST', '/v1/Workspaces/:workspace/Activities'],
    ['GET POST DELETE', '/v1/Workspaces/:workspace/Activities/:activity'],
    ['GET POST', '/v1/Workspaces/:workspace/TaskChannels'],
    ['GET POST', '/v1/Workspaces/:workspace/TaskChannels/:channel', 'deleting'],
    ['GET POST', '/v1/Workspaces/:workspace/TaskQueues'],
    ['GET POST DELETE', '/v1/Workspaces/:workspace/TaskQueues/:queue'],
    ['GET POST', '/v1/Workspaces/:workspace/Workflows'],
    ['GET POST DELETE', '/v1/Workspaces/:workspace/Workflows/:workflow'],
    ['GET POST', '/v1/Workspaces/:workspace/Workers'],
    ['GET POST DELETE', '/v1/Workspaces/:workspace/Workers/:worker'],
    ['GET', '/v1/Workspaces/:workspace/Workers/:worker/Channels'],
    ['GET POST', '/v1/Workspaces/:workspace/Workers/:worker/Channels/:channel'],
    ['GET', '/v1/Workspaces/:workspace/Workers/:worker/Reservations'],
    ['GET POST', '/v1/Workspaces/:workspace/Workers/:worker/Reservations/:reservation', 'voice instructions'],
    ['GET POST', '/v1/Workspaces/:workspace/Tasks'],
    ['GET POST DELETE', '/v1/Workspaces/:workspace/Tasks/:task'],
    ['GET', '/v1/Workspaces/:workspace/Tasks/:task/Reservations'],
    ['GET POST', '/v1/Workspaces/:workspace/Tasks/:task/Reservations/:reservation', 'voice instructions'],
    ['GET', '/v1/Workspaces/:workspace/Events', 'events before the last 5,000'],
    ['GET', '/v1/Workspaces/:workspace/Events/:event'],
  ]),
  ...cover('taskrouter', { evidence: 'documentation', test: 'task-router/statistics.test.ts' }, [
    ...withStatistics(''),
    ...withStatistics('/TaskQueues/:queue'),
    ['GET', '/v1/Workspaces/:workspace/TaskQueues/Statistics', 'events before the last 5,000'],
    [
      'POST',
      '/v1/Workspaces/:workspace/TaskQueues/RealTimeStatistics',
      undefined,
      'TaskQueueSids as the only member',
    ],
    ...withStatistics('/Workflows/:workflow'),
    ...withStatistics('/Workers'),
    ['GET', '/v1/Workspaces/:workspace/Workers/:worker/Statistics', 'events before the last 5,000'],
  ]),
  ...cover('event-bridge', { evidence: 'client', test: 'task-router/event-bridge.test.ts' }, [
    ['SOCKET', '/v1/wschannels'],
    ['POST', '/v1/wschannels'],
  ]),
  ...cover('event-bridge-request', { evidence: 'client', test: 'task-router/worker-sdk.test.ts' }, [
    ['GET', '/Workspaces/:workspace/Activities'],
    ['GET', '/Workspaces/:workspace/Workers'],
    ['GET POST', '/Workspaces/:workspace/Workers/:worker'],
    ['GET', '/Workspaces/:workspace/Workers/:worker/WorkerChannels'],
    ['GET', '/Workspaces/:workspace/Workers/:worker/Reservations'],
    ['GET POST', '/Workspaces/:workspace/Workers/:worker/Reservations/:reservation', 'voice instructions'],
    ['GET', '/Workspaces/:workspace/TaskQueues'],
    ['GET', '/Workspaces/:workspace/TaskQueues/:queue'],
    [
      'POST',
      '/Workspaces/:workspace/Tasks',
      undefined,
      'any worker may create a task with any attributes and routing target',
    ],
    [
      'GET POST',
      '/Workspaces/:workspace/Tasks/:task',
      undefined,
      'workers who ever had a reservation on a task may change it',
    ],
    [
      'POST',
      '/Workspaces/:workspace/Tasks/:task/Reservations/:reservation',
      'supervisor monitoring of calls (refused)',
    ],
  ]),
  ...cover('event-bridge-request', { evidence: 'client', test: 'task-router/transfers.test.ts' }, [
    ['POST', '/Workspaces/:workspace/Workers/:worker/Transfers'],
    ['POST', '/Workspaces/:workspace/Workers/:worker/Transfers/:transfer'],
  ]),
  ...cover('tsock', { evidence: 'client', test: 'twilsock/twilsock.test.ts' }, [['SOCKET', '/v3/wsconnect']]),
  ...cover('cds', { evidence: 'client', test: 'sync/sync.test.ts' }, [
    ['POST', '/v3/Documents'],
    [
      'GET POST DELETE',
      '/v3/Documents/:object',
      undefined,
      'the code for an object of another service (the 404 of an unknown one)',
    ],
    ['POST', '/v3/Insights/:index/Items', 'indexes other than tr-worker, tr-queue and tr-reservation'],
    ['POST', '/v4/Subscriptions'],
  ]),
  ...cover('cds', { evidence: 'client', test: 'chat/realtime.test.ts' }, [
    ['GET', '/v3/Lists/:object', 'lists created by clients'],
    ['GET', '/v3/Lists/:object/Items'],
  ]),
  ...cover('cds', { evidence: 'client', test: 'sync/maps.test.ts' }, [
    ['POST', '/v3/Maps'],
    ['GET POST DELETE', '/v3/Maps/:object'],
    ['GET', '/v3/Maps/:object/Items'],
    ['PUT POST DELETE', '/v3/Maps/:object/Items/:key'],
  ]),
  ...cover('sync', { evidence: 'documentation', test: 'sync/maps.test.ts' }, [
    ['GET POST', '/v1/Services/:service/Maps'],
    ['GET POST DELETE', '/v1/Services/:service/Maps/:map'],
    [
      'GET POST',
      '/v1/Services/:service/Maps/:map/Items',
      'the limit of 1,000,000 items',
      'keys are ordered by their UTF-16 code units',
    ],
    ['GET POST DELETE', '/v1/Services/:service/Maps/:map/Items/:key'],
  ]),
  ...cover('sync', { evidence: 'documentation', test: 'sync/sync.test.ts' }, [
    [
      'GET POST',
      '/v1/Services/:service/Documents',
      undefined,
      'the order of the list; 16 KiB are counted in UTF-8, of the text sent and of compact JSON',
    ],
    ['GET POST DELETE', '/v1/Services/:service/Documents/:document'],
  ]),
  ...cover('sync', { evidence: 'documentation', test: 'sync/services.test.ts' }, [
    ['GET POST', '/v1/Services', 'webhooks and reachability (stored only)'],
    ['GET POST DELETE', '/v1/Services/:service', 'lists and streams'],
  ]),
  ...cover('sync', { evidence: 'documentation', test: 'sync/permissions.test.ts' }, [
    ['GET', '/v1/Services/:service/Documents/:object/Permissions'],
    [
      'GET POST DELETE',
      '/v1/Services/:service/Documents/:object/Permissions/:identity',
      undefined,
      'the rights of a client on what it creates (all); 20404 without a permission',
    ],
    ['GET', '/v1/Services/:service/Maps/:object/Permissions'],
    ['GET POST DELETE', '/v1/Services/:service/Maps/:object/Permissions/:identity'],
  ]),
  ...cover('aim', { evidence: 'client', test: 'chat/realtime.test.ts' }, [
    ['GET', '/Client/v1/Configuration'],
    ['GET', '/Client/v2/Configuration'],
    ['GET', '/Client/v2/ContentTemplates', 'content templates (always empty)'],
    ['GET POST', '/Client/v1/Conversations'],
    [
      'GET POST DELETE',
      '/Client/v1/Conversations/:channel',
      undefined,
      'the token decides the role (guest, agent, supervisor, admin); its permissions are documented',
    ],
    ['POST', '/Client/v1/Conversations/:channel/Messages'],
    ['POST DELETE', '/Client/v1/Conversations/:channel/Messages/:message'],
    [
      'GET',
      '/Client/v1/Conversations/:channel/Messages/:message/Receipts',
      'delivery receipts (always empty)',
    ],
    ['GET', '/Client/v1/Conversations/:channel/MessageRecipients', 'recipients (always empty)'],
    ['POST', '/Client/v1/Conversations/:channel/Participants'],
    ['POST DELETE', '/Client/v1/Conversations/:channel/Participants/:member'],
    ['POST', '/Client/v1/Conversations/:channel/Invites'],
    ['DELETE', '/Client/v1/Conversations/:channel/Invites/:member'],
    ['GET', '/Client/v1/MyConversations'],
    ['GET POST', '/Client/v1/MyConversations/:channel'],
    ['GET', '/Client/v1/Users'],
    ['GET POST', '/Client/v1/Users/:identity'],
    ['POST', '/Client/v1/typing'],
  ]),
  ...cover('mcs', { evidence: 'client', test: 'chat/rest.test.ts' }, [
    ['POST', '/v1/Services/:service/Media', 'limits of size and type'],
    ['POST', '/v1/Services/:service/MediaSet'],
    ['GET DELETE', '/v1/Services/:service/Media/:media'],
    ['GET', '/v1/Services/:service/Media/:media/Content'],
  ]),
  ...cover('chat', { evidence: 'documentation', test: 'chat/rest.test.ts' }, [
    ['GET', '/v2/Services/:service', 'other services, changes of the service, webhooks, roles, bindings'],
    ['GET POST', '/v2/Services/:service/Channels'],
    ['GET POST DELETE', '/v2/Services/:service/Channels/:channel', 'invites, webhooks'],
    ['GET POST', '/v2/Services/:service/Channels/:channel/Members'],
    ['GET POST DELETE', '/v2/Services/:service/Channels/:channel/Members/:member'],
    ['GET POST', '/v2/Services/:service/Channels/:channel/Messages'],
    ['GET POST DELETE', '/v2/Services/:service/Channels/:channel/Messages/:message'],
    ['GET POST', '/v2/Services/:service/Users'],
    [
      'GET POST',
      '/v2/Services/:service/Users/:user',
      'deleting, bindings, role SIDs (stored only; the token decides the role)',
    ],
    ['GET', '/v2/Services/:service/Users/:user/Channels', 'a single membership and its changes'],
  ]),
  ...cover(
    'conversations',
    { evidence: 'documentation', test: 'chat/rest.test.ts' },
    withOptionalService([
      ['GET POST', '/v1/Conversations', NO_TIMERS_OR_RECEIPTS],
      [
        'GET POST DELETE',
        '/v1/Conversations/:channel',
        NO_TIMERS_OR_RECEIPTS,
        'closing a closed conversation again does nothing; 50377 has status 400',
      ],
      ['GET POST', '/v1/Conversations/:channel/Participants'],
      ['GET POST DELETE', '/v1/Conversations/:channel/Participants/:member'],
      ['GET POST', '/v1/Conversations/:channel/Messages', NO_TIMERS_OR_RECEIPTS],
      ['GET POST DELETE', '/v1/Conversations/:channel/Messages/:message', NO_TIMERS_OR_RECEIPTS],
      ['GET', '/v1/ParticipantConversations'],
      ['GET POST', '/v1/Users'],
      ['GET POST', '/v1/Users/:user', 'deleting, the list of conversations'],
    ]),
  ),
  ...cover('iam', { evidence: 'documentation', test: 'iam/validate.test.ts' }, [
    ['POST', '/v1/Accounts/:account/Tokens/validate'],
  ]),
  ...cover('iam', { evidence: 'client', test: 'iam/validate.test.ts' }, [
    ['POST', '/v1/Accounts/:account/Tokens/refresh'],
  ]),
  ...cover('iam', { evidence: 'assumed', test: 'flex/session.test.ts' }, [
    [
      'POST',
      '/v1/Accounts/:account/authenticate',
      'identity providers (the response redirects to the landing page)',
    ],
  ]),
  ...cover('flex-api', { evidence: 'client', test: 'iam/validate.test.ts' }, [
    ['POST', '/v1/Accounts/:account/Tokens/Info'],
  ]),
  ...cover('flex-api', { evidence: 'client', test: 'flex/configuration.test.ts' }, [
    ['GET POST', '/v1/Configuration', 'members that neither Flex UI nor plugins read'],
  ]),
  ...cover('flex-api', { evidence: 'assumed', test: 'flex/session.test.ts' }, [
    ['GET', '/v1/Configuration/Public'],
    ['GET', '/v3/Instances/:instance/TransferSettings', 'changes (the seed sets them)'],
  ]),
  ...cover('flex-api', { evidence: 'client', test: 'flex/session.test.ts' }, [
    ['GET', '/v1/account/provision/status', 'e-mail (never configured)'],
    ['GET', '/v1/Instances/:instance/Teams/Context', 'teams'],
  ]),
  ...cover('flex-api', { evidence: 'documentation', test: 'flex/channels.test.ts' }, [
    ['GET POST', '/v1/FlexFlows', 'integrations other than task'],
    ['GET POST DELETE', '/v1/FlexFlows/:flow'],
    ['GET POST', '/v1/Channels', 'Target (ignored)'],
    ['GET DELETE', '/v1/Channels/:channel'],
    ['POST', '/v1/WebChannels/:channel', 'reading, deleting'],
  ]),
  ...cover('flex-api', { evidence: 'documentation', test: 'flex/interactions/interactions.test.ts' }, [
    ['POST', '/v1/Interactions', 'context, webhooks, asynchronous processing (it ends before the response)'],
    ['GET', '/v1/Interactions/:interaction', 'changes'],
    ['GET', '/v1/Interactions/:interaction/Channels'],
    [
      'GET POST',
      '/v1/Interactions/:interaction/Channels/:channel',
      'parking, transfers',
      'agents stay participants of a closed conversation; closing it again completes tasks in wrap-up',
    ],
    [
      'GET POST',
      '/v1/Interactions/:interaction/Channels/:channel/Invites',
      undefined,
      'a worker in wrap-up on the channel may accept another invite; a closed channel refuses invites',
    ],
    ['GET POST', '/v1/Interactions/:interaction/Channels/:channel/Participants'],
    [
      'POST',
      '/v1/Interactions/:interaction/Channels/:channel/Participants/:participant',
      'participants other than agents',
      'an agent with two tasks on the channel stays in the conversation while one of them is accepted',
    ],
  ]),
  ...cover('flex-api', { evidence: 'documentation', test: 'flex/webchats.test.ts' }, [
    [
      'POST',
      '/v2/WebChats',
      'Studio flows other than Send to Flex',
      'the attributes of the conversation and the task',
    ],
  ]),
  ...cover('conversations', { evidence: 'documentation', test: 'flex/webchats.test.ts' }, [
    [
      'GET POST',
      '/v1/Configuration/Addresses',
      'types other than chat, sms and whatsapp; integrations other than studio',
      'the error for an address that has a configuration',
    ],
    ['GET POST DELETE', '/v1/Configuration/Addresses/:address'],
  ]),
  ...cover('event-bridge-request', { evidence: 'client', test: 'flex/interactions/event-bridge.test.ts' }, [
    [
      'POST',
      '/v1/Interactions',
      undefined,
      'any worker may start an interaction, also on the conversation of another agent',
    ],
    [
      'GET POST',
      '/v1/Interactions/:interaction/Channels',
      undefined,
      'any worker may add a channel to any interaction',
    ],
    [
      'POST',
      '/v1/Interactions/:interaction/Channels/:channel',
      'parking',
      'only supervisors and agents of the channel may change it',
    ],
    [
      'POST',
      '/v1/Interactions/:interaction/Channels/:channel/Invites/:invite',
      undefined,
      '80102 refuses an agent who is in wrap-up on an earlier task of the chat',
    ],
    ['GET POST', '/v1/Interactions/:interaction/Channels/:channel/Participants'],
    [
      'POST',
      '/v1/Interactions/:interaction/Channels/:channel/Participants/:participant',
      'participants other than agents',
    ],
    [
      'GET POST',
      '/v1/Instances/:instance/Interactions/:interaction/Channels/:channel/Transfers',
      'notes, summaries',
      'all effects',
    ],
  ]),
  ...cover('flex-api', { evidence: 'client', test: 'flex/channels.test.ts' }, [
    [
      'POST',
      '/v1/Channels/:channel/Roles/:role/Users',
      undefined,
      'an agent may add only themselves, to every channel and conversation',
    ],
  ]),
  ...cover('flex-api', { evidence: 'documentation', test: 'flex/plugins.test.ts' }, [
    ['GET POST', '/v1/PluginService/Plugins'],
    ['GET POST', '/v1/PluginService/Plugins/:plugin', 'archiving'],
    ['GET POST', '/v1/PluginService/Plugins/:plugin/Versions'],
    ['GET', '/v1/PluginService/Plugins/:plugin/Versions/:version', 'archiving'],
    ['GET POST', '/v1/PluginService/Configurations'],
    ['GET', '/v1/PluginService/Configurations/:configuration', 'archiving'],
    ['GET', '/v1/PluginService/Configurations/:configuration/Plugins', 'a single plugin'],
    ['GET POST', '/v1/PluginService/Releases'],
    ['GET', '/v1/PluginService/Releases/:release'],
  ]),
  ...cover('flex', { evidence: 'client', test: 'flex/plugins.test.ts' }, [['GET', '/plugins']]),
  ...cover('flex', { evidence: 'client', test: 'flex/configuration.test.ts' }, [
    ['GET', '/api/v1/Session', 'features outside a fixed list'],
    ['GET', '/api/v1/Features/:feature'],
  ]),
  ...cover('status', { evidence: 'client', test: 'flex/session.test.ts' }, [
    ['GET', '/api/v2/summary.json', 'incidents (always operational)'],
  ]),
  ...cover('assets', { evidence: 'client', test: 'flex/session.test.ts' }, [
    ['GET', '/assets/countries.json', 'contents (empty)'],
    ['GET', '/assets/flagPositions.json', 'contents (empty)'],
    ['GET', '/public_assets/paste-fonts/:version/fonts.css', 'fonts (empty; the system’s fonts are used)'],
  ]),
  ...cover('media', { evidence: 'client', test: 'flex/session.test.ts' }, [
    ['GET', '/sdk/js/client/sounds/releases/:version/incoming.mp3', 'sound (silent)'],
  ]),
  ...cover('flex-sdk', { evidence: 'client', test: 'flex/session.test.ts' }, [
    ['POST', '/v1/Telemetry/Events', 'storage (events are discarded)'],
  ]),
];

export const EVENTS: readonly EventCoverage[] = [
  {
    transport: 'frame',
    evidence: 'client',
    test: 'task-router/worker-sdk.test.ts',
    events: [
      'reservation.created',
      'reservation.accepted',
      'reservation.rejected',
      'reservation.timeout',
      'reservation.canceled',
      'reservation.failed',
      'reservation.rescinded',
      'reservation.wrapup',
      'reservation.completed',
      'task.updated',
      'task.wrapup',
      'task.completed',
      'task.canceled',
      'worker.activity.update',
      'worker.attributes.update',
      'worker.capacity.update',
      'worker.channel.availability.update',
    ],
  },
  {
    transport: 'frame',
    evidence: 'client',
    test: 'task-router/transfers.test.ts',
    events: [
      'task.transfer-initiated',
      'task.transfer-completed',
      'task.transfer-failed',
      'task.transfer-canceled',
      'task.transfer-attempt-failed',
    ],
  },
  {
    transport: 'frame',
    evidence: 'client',
    test: 'flex/interactions/event-bridge.test.ts',
    events: ['participant.added', 'participant.modified', 'participant.removed'],
    missing: 'events of failures, because no work runs in the background',
    assumed:
      'every agent of the channel gets a frame for every participant, with the SID of the agent’s task',
  },
  {
    transport: 'callback',
    evidence: 'documentation',
    test: 'task-router/callbacks.test.ts',
    events: [
      'task.created',
      'task.updated',
      'task.wrapup',
      'task.completed',
      'task.canceled',
      'task.deleted',
      'task.system-deleted',
      'task-queue.entered',
      'task-queue.moved',
      'task-queue.timeout',
      'workflow.entered',
      'workflow.target-matched',
      'workflow.skipped',
      'workflow.timeout',
      'reservation.created',
      'reservation.accepted',
      'reservation.rejected',
      'reservation.timeout',
      'reservation.canceled',
      'reservation.failed',
      'reservation.rescinded',
      'reservation.wrapup',
      'reservation.completed',
      'worker.created',
      'worker.deleted',
      'worker.activity.update',
      'worker.attributes.update',
      'worker.capacity.update',
      'worker.channel.availability.update',
    ],
    missing: 'events about the configuration of queues, workflows and workspaces',
    assumed:
      'reservation.failed is the end of a failed set-up; task.system-deleted also follows five minutes after the end of a task, and is the only event when TaskRouter deletes a task that a worker still has',
  },
  {
    transport: 'twilsock',
    evidence: 'client',
    test: 'chat/realtime.test.ts',
    events: ['twilio.sync.event', 'twilio.ipmsg.typing_indicator'],
  },
];

/** What a real account has and the sandbox does not, with the replacement. */
export const ABSENT: ReadonlyArray<{ readonly what: string; readonly instead: string }> = [
  { what: 'voice and e-mail', instead: 'nothing' },
  { what: 'SMS and WhatsApp to real phones', instead: 'POST and GET /_sandbox/texts' },
  {
    what: 'Studio',
    instead: 'Flex Flows with the task integration, and addresses that send every chat to Flex',
  },
  { what: 'Transfers of Interactions by REST', instead: 'Invites and Participants' },
  { what: 'Chat and Conversations webhooks', instead: 'nothing' },
  { what: 'single sign-on', instead: 'sign-in by the URL of a worker’s Flex' },
  {
    what: 'Flex Insights',
    instead: 'live queries of the Teams view, and the statistics of the Queues view',
  },
  { what: 'Sync lists and streams by REST', instead: 'documents and maps' },
  {
    what: 'rate limits other than those of expressions and Sync objects',
    instead: 'injected faults (/_sandbox/faults)',
  },
];
