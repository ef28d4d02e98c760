import { describeFaultMatrix } from './describe-fault-matrix';
import { TRANSFER_SITUATIONS } from './transfer-situations';

describeFaultMatrix(TRANSFER_SITUATIONS);
