import { describeSituations } from './describe-situations';
import { TRANSFER_SITUATIONS } from './transfer-situations';

describeSituations(TRANSFER_SITUATIONS);
