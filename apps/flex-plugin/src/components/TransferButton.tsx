/** The button in the header of a chat. */
import type { ReactElement } from 'react';
import { IconButton } from '../flex/ui';

export interface TransferButtonProps {
  readonly label: string;
  readonly onClick: () => void;
}

/** At its own size, Flex's icon button would stretch the header. */
const IN_HEADER = { width: 32, height: 32, minHeight: 32, padding: 0, marginRight: 8 };

export function TransferButton({ label, onClick }: TransferButtonProps): ReactElement {
  return (
    <IconButton
      icon="TransferLarge"
      variant="secondary"
      aria-label={label}
      title={label}
      style={IN_HEADER}
      onClick={onClick}
    />
  );
}
