import { describeSituations } from './describe-situations';
import { EVENT_SITUATIONS } from './event-situations';

describeSituations(EVENT_SITUATIONS);
