import { describeFaultMatrix } from './describe-fault-matrix';
import { EVENT_SITUATIONS } from './event-situations';

describeFaultMatrix(EVENT_SITUATIONS);
