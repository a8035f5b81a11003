export { ConfigError, didYouMean, nearestName, unknownName } from './errors.js';
export { intern } from './intern.js';
export {
  check,
  configFolders,
  displayPath,
  findConfig,
  listConfigs,
  loadYaml,
  packageRoot,
  readYaml,
} from './load.js';
