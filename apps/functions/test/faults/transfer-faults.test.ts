import { describeSituations } from './describe-fault-matrix';
import { TRANSFER_SITUATIONS } from './transfer-situations';

describeSituations(TRANSFER_SITUATIONS);
