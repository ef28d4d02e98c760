import { describeScenarios } from './describe-scenarios';

describeScenarios('on-accept');
