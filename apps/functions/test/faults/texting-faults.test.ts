import { CHAT_SITUATIONS } from './chat-situations';
import { describeSituations } from './describe-fault-matrix';
import { EVENT_SITUATIONS } from './event-situations';
import { TRANSFER_SITUATIONS } from './transfer-situations';

/** Notices of each kind go another way: into the attributes, and as messages, too, when the setting names them. */
const TEXTED = JSON.stringify({ sms: ['agent-joined', 'transfer-started', 'chat-ended'] });
const PLAYED = [
  '/transfer/start cold',
  '/conversation/complete last',
  '/task-router/events reservation.accepted, cold transfer',
];

describeSituations(
  [...TRANSFER_SITUATIONS, ...CHAT_SITUATIONS, ...EVENT_SITUATIONS].filter(({ endpoint, name }) =>
    PLAYED.includes(`${endpoint} ${name}`),
  ),
  [
    {
      name: 'conversations, for a customer who texts',
      backend: 'conversations',
      isTexting: true,
      settings: { CHAT_TRANSFER_TEXTED_NOTICES: TEXTED },
    },
  ],
);
