import { start } from "../start.js";

start(() => null);
