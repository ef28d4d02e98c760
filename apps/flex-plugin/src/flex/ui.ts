/** Everything of `@twilio/flex-ui` that files outside `src/flex/` use. The linter forbids them to import it. */
export { Button, IconButton, type Manager, Template } from '@twilio/flex-ui';
