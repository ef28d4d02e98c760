/** Loads the plugin. Flex runs this script once, when the page starts. */
import { loadPlugin } from '@twilio/flex-plugin';
import { TransferPlugin } from './TransferPlugin';

loadPlugin(TransferPlugin);
