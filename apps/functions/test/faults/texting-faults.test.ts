import { CHAT_SITUATIONS } from './chat-situations';
import { describeFaultMatrix } from './describe-fault-matrix';
import { EVENT_SITUATIONS } from './event-situations';
import { TRANSFER_SITUATIONS } from './transfer-situations';

/** These kinds of notices become attributes of the chat and, because the setting names them, texts too. */
const TEXTED = JSON.stringify({ sms: ['agent-joined', 'transfer-started', 'chat-ended'] });
/** One of each file that posts such notices. */
const NAMES = [
  '/transfer/start cold',
  '/conversation/complete last agent',
  '/task-router/events reservation.accepted, cold transfer',
];

describeFaultMatrix(
  [...TRANSFER_SITUATIONS, ...CHAT_SITUATIONS, ...EVENT_SITUATIONS].filter(({ endpoint, name }) =>
    NAMES.includes(`${endpoint} ${name}`),
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
