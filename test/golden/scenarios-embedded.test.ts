import { embeddedStores } from './golden-site.ts';
import { scenarioTests } from './scenario-tests.ts';

scenarioTests('embedded', embeddedStores);
