/**
 * Takes the place of styled-components in the plugin's script (`vite.config.ts`): the notices' styles are made by the Emotion that
 * Flex has loaded, which understands the same CSS. styled-components would be almost a third of the script. It has only what
 * `@chat-transfer/notification-components` uses. A journey compares every computed style with the webchat.
 */
import { styled as flexStyled } from '@twilio/flex-ui';
import type { ComponentType } from 'react';

type Interpolation = string | false | ((props: never) => string | false);
type Template = (
  strings: TemplateStringsArray,
  ...values: readonly Interpolation[]
) => ComponentType<Record<string, unknown>>;

/** Emotion passes no property to the element that HTML does not know, such as `$ruled`. */
const createElement = flexStyled as unknown as (
  tag: string,
  options: { readonly target: string },
) => Template;

const styledElement = (tag: string) => ({
  withConfig: ({ componentId }: { readonly componentId: string }): Template =>
    createElement(tag, { target: componentId }),
});

export const css = (strings: TemplateStringsArray, ...values: readonly string[]): string =>
  strings.map((text, index) => text + (values[index] ?? '')).join('');

// biome-ignore lint/style/noDefaultExport: styled-components has a default export
export default { div: styledElement('div'), span: styledElement('span'), svg: styledElement('svg') };
