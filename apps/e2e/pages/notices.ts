/** Notices as they are in a page: their DOM and every computed style, so that two pages can be compared. */
import { expect, type Page } from '@playwright/test';

/** One element of a notice with everything beneath it. */
interface Seen {
  readonly tag: string;
  readonly text: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly style: Readonly<Record<string, string>>;
  readonly children: readonly Seen[];
}

/**
 * Expects the notices of an agent's page and a customer's to be these, in this order, and to be the same in DOM and
 * computed style. Class names are hashed per build and left out; so are lengths that follow from the page's width.
 */
export async function expectSameNotices(
  agent: Page,
  customer: Page,
  kinds: readonly string[],
): Promise<void> {
  const notices = (page: Page) => page.locator('[data-notice]');
  await expect(notices(agent)).toHaveCount(kinds.length);
  await expect(notices(customer)).toHaveCount(kinds.length);

  const [forAgent, forCustomer] = await Promise.all([readNotices(agent), readNotices(customer)]);
  expect(forAgent.map(({ attributes }) => attributes['data-notice'])).toEqual(kinds);
  expect(forAgent).toEqual(forCustomer);
}

function readNotices(page: Page): Promise<Seen[]> {
  return page.locator('[data-notice]').evaluateAll((elements) => {
    const dependsOnWidth = [
      'block-size',
      'inline-size',
      'width',
      'height',
      'perspective-origin',
      'transform-origin',
    ];
    const see = (element: Element): Seen => {
      const computed = getComputedStyle(element);
      // A page's own variables are inherited by everything and paint nothing by themselves.
      const properties = [...computed].filter(
        (name) => !name.startsWith('--') && !dependsOnWidth.includes(name),
      );
      return {
        tag: element.tagName,
        text: element.children.length === 0 ? (element.textContent ?? '') : '',
        attributes: Object.fromEntries(
          [...element.attributes]
            .filter(({ name }) => name !== 'class')
            .map(({ name, value }) => [name, value]),
        ),
        style: Object.fromEntries(properties.map((name) => [name, computed.getPropertyValue(name)])),
        children: [...element.children].map(see),
      };
    };
    return elements.map(see);
  });
}
