import { strictEqual, throws } from "node:assert";
import { test } from "node:test";
import { smaller } from "../smaller.js";

test("a script is made smaller", () => {
  strictEqual(smaller('if (1 < 2) show("yes"); else show("no");', {}), 'show("yes");');
});

test("a value that UglifyJS loses stops the build", () => {
  // What `show` is given first is what was read, if `restore` is called before anybody presses anything.
  const source = `window.start = () => {
    let speed = Number(read("speed")) || 1;
    let version = read("version");
    function restore(box) {
      if (isNew) show(box);
    }
    function show(box) {
      for (const button of all(box)) press(button, button.name === version);
    }
    on("click", (button) => {
      if (isVersion(button)) {
        version = button.name;
        show(button);
        for (const each of all(document)) restore(each);
      }
      keep("speed", String(speed));
    });
    return {
      furnish(page) {
        for (const box of all(page)) restore(box);
      },
    };
  };`;
  throws(() => smaller(source, {}), /has lost a value of version/);
});
