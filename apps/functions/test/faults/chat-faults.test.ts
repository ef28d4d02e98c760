import { CHAT_SITUATIONS } from './chat-situations';
import { describeFaultMatrix } from './describe-fault-matrix';

describeFaultMatrix(CHAT_SITUATIONS);
