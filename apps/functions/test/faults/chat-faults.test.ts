import { CHAT_SITUATIONS } from './chat-situations';
import { describeSituations } from './describe-fault-matrix';

describeSituations(CHAT_SITUATIONS);
