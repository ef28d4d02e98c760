/**
 * What the sandbox imitates, how well, and how that is known. The test beside compares it with the endpoints that are
 * really there, so an endpoint cannot come or go without a line here.
 *
 * Evidence: `client`, an unmodified client of Twilio makes the call and goes on with the answer; `documentation`,
 * Twilio's pages or API description say so; `assumed`, neither: believe it last.
 */

type Evidence = 'client' | 'documentation' | 'assumed';

interface Proof {
  readonly evidence: Evidence;
  /** The test that asks it, or makes it happen; under `src/`. */
  readonly test: string;
  /** What is missing. With it the support is partial; without it, whole as far as chat in Flex needs. */
  readonly missing?: string;
  /** What of it is assumed, where the rest is better known. */
  readonly assumed?: string;
}

export interface EndpointCoverage extends Proof {
  /** First label of the host; `event-bridge-request` for what is sent inside the event bridge's one endpoint. */
  readonly product: string;
  /** `SOCKET`, or one or more HTTP methods. */
  readonly methods: string;
  readonly template: string;
}

export interface EventCoverage extends Proof {
  /** How it travels: a frame to a worker's screen, an event callback, or a push over twilsock. */
  readonly by: 'frame' | 'callback' | 'twilsock';
  readonly events: readonly string[];
}

/** `[methods, template]`, and what is missing and what is assumed there. */
type Line = readonly [
  methods: string,
  template: string,
  missing?: string | undefined,
  assumed?: string | undefined,
];

function cover(
  product: string,
  proof: Omit<Proof, 'missing' | 'assumed'>,
  lines: readonly Line[],
): EndpointCoverage[] {
  return lines.map(([methods, template, missing, assumed]) => ({
    product,
    methods,
    template,
    ...proof,
    ...(missing === undefined ? {} : { missing }),
    ...(assumed === undefined ? {} : { assumed }),
  }));
}

/** Resources of the default service are reachable with and without naming it. */
const withAndWithoutService = (lines: readonly Line[]): Line[] =>
  lines.flatMap((line) => [
    line,
    [line[0], line[1].replace('/v1/', '/v1/Services/:service/'), line[2], line[3]] as const,
  ]);

const WITHOUT_DELIVERY = 'no timers, no delivery receipts';

export const ENDPOINTS: readonly EndpointCoverage[] = [
  ...cover('taskrouter', { evidence: 'documentation', test: 'task-router/rest.test.ts' }, [
    ['GET POST', '/v1/Workspaces', 'templates are ignored'],
    ['GET POST DELETE', '/v1/Workspaces/:workspace'],
    ['GET POST', '/v1/Workspaces/:workspace/Activities'],
    ['GET POST DELETE', '/v1/Workspaces/:workspace/Activities/:activity'],
    ['GET POST', '/v1/Workspaces/:workspace/TaskChannels'],
    ['GET POST', '/v1/Workspaces/:workspace/TaskChannels/:channel'],
    ['GET POST', '/v1/Workspaces/:workspace/TaskQueues'],
    ['GET POST DELETE', '/v1/Workspaces/:workspace/TaskQueues/:queue'],
    ['GET POST', '/v1/Workspaces/:workspace/Workflows'],
    ['GET POST DELETE', '/v1/Workspaces/:workspace/Workflows/:workflow'],
    ['GET POST', '/v1/Workspaces/:workspace/Workers'],
    ['GET POST DELETE', '/v1/Workspaces/:workspace/Workers/:worker'],
    ['GET', '/v1/Workspaces/:workspace/Workers/:worker/Channels'],
    ['GET POST', '/v1/Workspaces/:workspace/Workers/:worker/Channels/:channel'],
    ['GET', '/v1/Workspaces/:workspace/Workers/:worker/Reservations'],
    [
      'GET POST',
      '/v1/Workspaces/:workspace/Workers/:worker/Reservations/:reservation',
      'no voice instructions',
    ],
    ['GET POST', '/v1/Workspaces/:workspace/Tasks'],
    ['GET POST DELETE', '/v1/Workspaces/:workspace/Tasks/:task'],
    ['GET', '/v1/Workspaces/:workspace/Tasks/:task/Reservations'],
    ['GET POST', '/v1/Workspaces/:workspace/Tasks/:task/Reservations/:reservation', 'no voice instructions'],
    ['GET', '/v1/Workspaces/:workspace/Events', 'the last 5,000'],
    ['GET', '/v1/Workspaces/:workspace/Events/:event'],
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
    ['GET POST', '/Workspaces/:workspace/Workers/:worker/Reservations/:reservation', 'no voice instructions'],
    ['GET', '/Workspaces/:workspace/TaskQueues'],
    ['GET', '/Workspaces/:workspace/TaskQueues/:queue'],
    ['POST', '/Workspaces/:workspace/Tasks'],
    ['GET POST', '/Workspaces/:workspace/Tasks/:task'],
    [
      'POST',
      '/Workspaces/:workspace/Tasks/:task/Reservations/:reservation',
      'listening in is for calls, and refused',
    ],
  ]),
  ...cover('event-bridge-request', { evidence: 'client', test: 'task-router/transfers.test.ts' }, [
    ['POST', '/Workspaces/:workspace/Workers/:worker/Transfers'],
    ['POST', '/Workspaces/:workspace/Workers/:worker/Transfers/:transfer'],
  ]),
  ...cover('tsock', { evidence: 'client', test: 'twilsock/twilsock.test.ts' }, [['SOCKET', '/v3/wsconnect']]),
  ...cover('cds', { evidence: 'client', test: 'sync/sync.test.ts' }, [
    ['POST', '/v3/Documents'],
    ['GET POST DELETE', '/v3/Documents/:object'],
    ['POST', '/v3/Insights/:index/Items', 'tr-worker, tr-queue and tr-reservation; tr-task is empty'],
    ['POST', '/v4/Subscriptions'],
  ]),
  ...cover('cds', { evidence: 'client', test: 'chat/realtime.test.ts' }, [
    ['GET', '/v3/Lists/:object', 'chat’s lists only: clients make none'],
    ['GET', '/v3/Lists/:object/Items'],
    ['GET', '/v3/Maps/:object', 'chat’s maps only: clients make none'],
    ['GET', '/v3/Maps/:object/Items'],
  ]),
  ...cover('sync', { evidence: 'documentation', test: 'sync/sync.test.ts' }, [
    ['GET POST', '/v1/Services/:service/Documents'],
    ['GET POST DELETE', '/v1/Services/:service/Documents/:document'],
  ]),
  ...cover('aim', { evidence: 'client', test: 'chat/realtime.test.ts' }, [
    ['GET', '/Client/v1/Configuration'],
    ['GET', '/Client/v2/Configuration'],
    ['GET', '/Client/v2/ContentTemplates', 'always empty'],
    ['GET POST', '/Client/v1/Conversations'],
    ['GET POST DELETE', '/Client/v1/Conversations/:channel'],
    ['POST', '/Client/v1/Conversations/:channel/Messages'],
    ['POST DELETE', '/Client/v1/Conversations/:channel/Messages/:message'],
    ['GET', '/Client/v1/Conversations/:channel/Messages/:message/Receipts', 'always empty'],
    ['GET', '/Client/v1/Conversations/:channel/MessageRecipients', 'always empty'],
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
    ['POST', '/v1/Services/:service/Media'],
    ['POST', '/v1/Services/:service/MediaSet'],
    ['GET', '/v1/Services/:service/Media/:media'],
    ['GET', '/v1/Services/:service/Media/:media/Content'],
  ]),
  ...cover('chat', { evidence: 'documentation', test: 'chat/rest.test.ts' }, [
    ['GET', '/v2/Services/:service', 'one service, which cannot be changed; no service webhooks'],
    ['GET POST', '/v2/Services/:service/Channels'],
    ['GET POST DELETE', '/v2/Services/:service/Channels/:channel', 'no invites, no channel webhooks'],
    ['GET POST', '/v2/Services/:service/Channels/:channel/Members'],
    ['GET POST DELETE', '/v2/Services/:service/Channels/:channel/Members/:member'],
    ['GET POST', '/v2/Services/:service/Channels/:channel/Messages'],
    ['GET POST DELETE', '/v2/Services/:service/Channels/:channel/Messages/:message'],
    ['GET POST', '/v2/Services/:service/Users'],
    ['GET POST', '/v2/Services/:service/Users/:user', 'roles are kept and not looked into'],
    ['GET', '/v2/Services/:service/Users/:user/Channels'],
  ]),
  ...cover(
    'conversations',
    { evidence: 'documentation', test: 'chat/rest.test.ts' },
    withAndWithoutService([
      ['GET POST', '/v1/Conversations', WITHOUT_DELIVERY],
      [
        'GET POST DELETE',
        '/v1/Conversations/:channel',
        WITHOUT_DELIVERY,
        'that closing a closed one again is harmless, and the status 400 of 50377',
      ],
      ['GET POST', '/v1/Conversations/:channel/Participants'],
      ['GET POST DELETE', '/v1/Conversations/:channel/Participants/:member'],
      ['GET POST', '/v1/Conversations/:channel/Messages', WITHOUT_DELIVERY],
      ['GET POST DELETE', '/v1/Conversations/:channel/Messages/:message', WITHOUT_DELIVERY],
      ['GET', '/v1/ParticipantConversations'],
      ['GET POST', '/v1/Users'],
      ['GET POST', '/v1/Users/:user'],
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
      'leads to the landing page instead of an identity provider',
    ],
  ]),
  ...cover('flex-api', { evidence: 'client', test: 'iam/validate.test.ts' }, [
    ['POST', '/v1/Accounts/:account/Tokens/Info'],
  ]),
  ...cover('flex-api', { evidence: 'client', test: 'flex/configuration.test.ts' }, [
    ['GET POST', '/v1/Configuration', 'the members that Flex UI and plugins read'],
  ]),
  ...cover('flex-api', { evidence: 'assumed', test: 'flex/session.test.ts' }, [
    ['GET', '/v1/Configuration/Public'],
    ['GET', '/v3/Instances/:instance/TransferSettings', 'on or off by the seed'],
  ]),
  ...cover('flex-api', { evidence: 'client', test: 'flex/session.test.ts' }, [
    ['GET', '/v1/account/provision/status', 'always inactive'],
    ['GET', '/v1/Instances/:instance/Teams/Context', 'no teams'],
  ]),
  ...cover('flex-api', { evidence: 'documentation', test: 'flex/channels.test.ts' }, [
    ['GET POST', '/v1/FlexFlows', 'only the task integration does something'],
    ['GET POST DELETE', '/v1/FlexFlows/:flow'],
    ['GET POST', '/v1/Channels', 'Target is ignored'],
    ['GET DELETE', '/v1/Channels/:channel'],
    ['POST', '/v1/WebChannels/:channel'],
  ]),
  ...cover('flex-api', { evidence: 'documentation', test: 'flex/interactions/interactions.test.ts' }, [
    [
      'POST',
      '/v1/Interactions',
      'no context, no webhook; done when answered, where Twilio goes on in the background',
    ],
    ['GET', '/v1/Interactions/:interaction'],
    ['GET', '/v1/Interactions/:interaction/Channels'],
    [
      'GET POST',
      '/v1/Interactions/:interaction/Channels/:channel',
      'no pausing',
      'that the agents stay in a closed conversation, and that closing again completes what wraps up',
    ],
    [
      'GET POST',
      '/v1/Interactions/:interaction/Channels/:channel/Invites',
      undefined,
      'that a worker who wraps up a task of the channel may accept another; the refusal on a closed channel',
    ],
    ['GET POST', '/v1/Interactions/:interaction/Channels/:channel/Participants'],
    [
      'POST',
      '/v1/Interactions/:interaction/Channels/:channel/Participants/:participant',
      'agents only',
      'that an agent with two tasks of the channel stays in the conversation for the other one',
    ],
  ]),
  ...cover('flex-api', { evidence: 'documentation', test: 'flex/webchats.test.ts' }, [
    [
      'POST',
      '/v2/WebChats',
      'the Studio flow behind an address is a bare Send to Flex',
      'the attributes of the conversation and of the task',
    ],
  ]),
  ...cover('conversations', { evidence: 'documentation', test: 'flex/webchats.test.ts' }, [
    [
      'GET POST',
      '/v1/Configuration/Addresses',
      'only chat, sms and whatsapp by way of Studio do something',
      'the error for an address that is configured already',
    ],
    ['GET POST DELETE', '/v1/Configuration/Addresses/:address'],
  ]),
  ...cover('event-bridge-request', { evidence: 'client', test: 'flex/interactions/event-bridge.test.ts' }, [
    ['POST', '/v1/Interactions', undefined, 'that any worker may start one'],
    ['GET', '/v1/Interactions/:interaction/Channels'],
    [
      'POST',
      '/v1/Interactions/:interaction/Channels/:channel',
      'no pausing',
      'that only agents of the channel and supervisors may',
    ],
    [
      'POST',
      '/v1/Interactions/:interaction/Channels/:channel/Invites/:invite',
      undefined,
      'that an agent who still wraps up an earlier task of the chat is refused with 80102',
    ],
    ['GET POST', '/v1/Interactions/:interaction/Channels/:channel/Participants'],
    ['POST', '/v1/Interactions/:interaction/Channels/:channel/Participants/:participant', 'agents only'],
    [
      'GET POST',
      '/v1/Instances/:instance/Interactions/:interaction/Channels/:channel/Transfers',
      'no notes, no summaries',
      'all of its effects',
    ],
  ]),
  ...cover('flex-api', { evidence: 'client', test: 'flex/channels.test.ts' }, [
    ['POST', '/v1/Channels/:channel/Roles/:role/Users'],
  ]),
  ...cover('flex-api', { evidence: 'documentation', test: 'flex/plugins.test.ts' }, [
    ['GET POST', '/v1/PluginService/Plugins'],
    ['GET POST', '/v1/PluginService/Plugins/:plugin', 'no archiving'],
    ['GET POST', '/v1/PluginService/Plugins/:plugin/Versions'],
    ['GET', '/v1/PluginService/Plugins/:plugin/Versions/:version', 'no archiving'],
    ['GET POST', '/v1/PluginService/Configurations'],
    ['GET', '/v1/PluginService/Configurations/:configuration', 'no archiving'],
    ['GET', '/v1/PluginService/Configurations/:configuration/Plugins'],
    ['GET POST', '/v1/PluginService/Releases'],
    ['GET', '/v1/PluginService/Releases/:release'],
  ]),
  ...cover('flex', { evidence: 'client', test: 'flex/plugins.test.ts' }, [['GET', '/plugins']]),
  ...cover('flex', { evidence: 'client', test: 'flex/configuration.test.ts' }, [
    ['GET', '/api/v1/Session', 'a fixed list of features'],
    ['GET', '/api/v1/Features/:feature'],
  ]),
  ...cover('status', { evidence: 'client', test: 'flex/session.test.ts' }, [
    ['GET', '/api/v2/summary.json', 'always operational'],
  ]),
  ...cover('assets', { evidence: 'client', test: 'flex/session.test.ts' }, [
    ['GET', '/assets/countries.json', 'empty'],
    ['GET', '/assets/flagPositions.json', 'empty'],
    ['GET', '/public_assets/paste-fonts/:version/fonts.css', 'empty: the fonts are the system’s'],
  ]),
  ...cover('media', { evidence: 'client', test: 'flex/session.test.ts' }, [
    ['GET', '/sdk/js/client/sounds/releases/:version/incoming.mp3', 'silent'],
  ]),
  ...cover('flex-sdk', { evidence: 'client', test: 'flex/session.test.ts' }, [
    ['POST', '/v1/Telemetry/Events', 'thrown away'],
  ]),
];

export const EVENTS: readonly EventCoverage[] = [
  {
    by: 'frame',
    evidence: 'client',
    test: 'task-router/worker-sdk.test.ts',
    events: [
      'reservation.created',
      'reservation.accepted',
      'reservation.rejected',
      'reservation.timeout',
      'reservation.canceled',
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
    by: 'frame',
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
    by: 'frame',
    evidence: 'client',
    test: 'flex/interactions/event-bridge.test.ts',
    events: ['participant.added', 'participant.modified', 'participant.removed'],
    missing: 'the failures, as nothing goes on in the background',
    assumed: 'that every agent hears of every participant, with the SID of their own task',
  },
  {
    by: 'callback',
    evidence: 'documentation',
    test: 'task-router/callbacks.test.ts',
    events: [
      'task.created',
      'task.updated',
      'task.wrapup',
      'task.completed',
      'task.canceled',
      'task.deleted',
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
    missing: 'events of queues, workflows and workspaces being set up',
  },
  {
    by: 'twilsock',
    evidence: 'client',
    test: 'chat/realtime.test.ts',
    events: ['twilio.sync.event', 'twilio.ipmsg.typing_indicator'],
  },
];

/** What a real account has and this has not, where somebody might look for it. */
export const ABSENT: ReadonlyArray<{ readonly what: string; readonly instead: string }> = [
  { what: 'voice and e-mail', instead: 'nothing' },
  { what: 'SMS and WhatsApp to real phones', instead: 'texts in and out by /_sandbox/texts' },
  { what: 'Studio', instead: 'FlexFlows with the task integration, addresses that send to Flex at once' },
  { what: 'Transfers of Interactions by REST', instead: 'Invites and Participants' },
  { what: 'Chat and Conversations webhooks', instead: 'nothing' },
  { what: 'single sign-on', instead: 'a worker’s own address signs them in' },
  {
    what: 'Flex Insights, queue statistics and the worker statistics of TaskRouter',
    instead: 'Teams view by live queries',
  },
  { what: 'Sync lists, maps and streams by REST', instead: 'documents' },
  { what: 'rate limits', instead: 'faults on demand' },
];
