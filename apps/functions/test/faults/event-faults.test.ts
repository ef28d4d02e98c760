import { describeSituations } from './describe-fault-matrix';
import { EVENT_SITUATIONS } from './event-situations';

describeSituations(EVENT_SITUATIONS);
