/** Builds the panel's tables. Cells hold only text, so that a customer's message cannot become markup. */

export interface Cell {
  readonly text: string;
  readonly className?: string;
}

export function buildTable(
  caption: string,
  headings: readonly string[],
  rows: ReadonlyArray<readonly Cell[]>,
): HTMLElement {
  const element = document.createElement('table');
  element.createCaption().textContent = caption;
  const head = element.createTHead().insertRow();
  for (const heading of headings) {
    const cell = document.createElement('th');
    cell.scope = 'col';
    cell.textContent = heading;
    head.append(cell);
  }
  const body = element.createTBody();
  for (const cells of rows) {
    const row = body.insertRow();
    for (const { text, className = '' } of cells) {
      const cell = row.insertCell();
      cell.textContent = text;
      cell.className = className;
    }
  }
  if (rows.length === 0) {
    const cell = body.insertRow().insertCell();
    cell.colSpan = headings.length;
    cell.className = 'empty';
    cell.textContent = 'None';
  }
  return element;
}
