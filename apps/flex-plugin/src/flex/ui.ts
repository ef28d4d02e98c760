/** Everything of `@twilio/flex-ui` that files outside `src/flex/` use. The linter forbids a direct import there. */
export { Button, IconButton, type Manager, Template } from '@twilio/flex-ui';
