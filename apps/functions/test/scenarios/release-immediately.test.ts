import { describeScenarios } from './describe-scenarios';

describeScenarios('immediately');
