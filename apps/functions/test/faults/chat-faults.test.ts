import { CHAT_SITUATIONS } from './chat-situations';
import { describeSituations } from './describe-situations';

describeSituations(CHAT_SITUATIONS);
