/** Compares the notices of two pages by their DOM and every computed style. */
import { expect, type Page } from '@playwright/test';

/** An element of a notice, with its children. */
interface RenderedElement {
  readonly tag: string;
  readonly text: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly style: Readonly<Record<string, string>>;
  readonly children: readonly RenderedElement[];
}

/**
 * Expects an agent's page and a customer's page to show notices of these kinds, in this order, with the same
 * DOM and computed style. Ignores class names, which are hashed per build, and lengths that depend on the
 * page's width.
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

function readNotices(page: Page): Promise<RenderedElement[]> {
  return page.locator('[data-notice]').evaluateAll((elements) => {
    const dependsOnWidth = [
      'block-size',
      'inline-size',
      'width',
      'height',
      'perspective-origin',
      'transform-origin',
    ];
    const readElement = (element: Element): RenderedElement => {
      const computed = getComputedStyle(element);
      // Every element inherits the page's own CSS variables, which have no effect by themselves. Flex's Emotion also
      // sets the old names of flex properties (`-webkit-box-…`), which have no effect with `display: flex`.
      const hasNoEffect = (name: string) => name.startsWith('--') || name.startsWith('-webkit-box-');
      const properties = [...computed].filter((name) => !hasNoEffect(name) && !dependsOnWidth.includes(name));
      return {
        tag: element.tagName,
        text: element.children.length === 0 ? (element.textContent ?? '') : '',
        attributes: Object.fromEntries(
          [...element.attributes]
            .filter(({ name }) => name !== 'class')
            .map(({ name, value }) => [name, value]),
        ),
        style: Object.fromEntries(properties.map((name) => [name, computed.getPropertyValue(name)])),
        children: [...element.children].map(readElement),
      };
    };
    return elements.map(readElement);
  });
}
