import { warn } from '../logger.js';

/** Warns when `render` is called on an environment made without a render mode. Returns null, which is then the frame. */
export function warnNoRenderMode(id: string, example: string): null {
  warn(
    `You are calling render method without specifying any render mode. You can specify the renderMode at initialization, e.g. make("${id}", { renderMode: "${example}" })`,
  );
  return null;
}
