/** The version of the product, from package.json: the bundler puts it in. */
import { version as packageVersion } from '../../package.json';

export const version: string = packageVersion;
