export { RecordEpisodeStatistics } from './record-episode-statistics.js';
