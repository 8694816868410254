// A course as many write one: it finds the LMS, sets what the examples set, and trusts that all goes well.
var pages = ["first.html", "second.html", "test.html"];
var now = 0;
var api = null;
var is2004 = false;
var isOver = false;
var started = new Date();

function find(from) {
  for (var tries = 0; tries < 10; tries += 1) {
    if (from.API_1484_11) {
      is2004 = true;
      return from.API_1484_11;
    }
    if (from.API) return from.API;
    if (from.parent === from) break;
    from = from.parent;
  }
  return null;
}

function read(name2004, name12) {
  return is2004 ? api.GetValue("cmi." + name2004) : api.LMSGetValue("cmi." + (name12 || "core." + name2004));
}

function write(name2004, value, name12) {
  if (is2004) api.SetValue("cmi." + name2004, value);
  else api.LMSSetValue("cmi." + (name12 || "core." + name2004), value);
}

function save() {
  var saved = is2004 ? api.Commit("") : api.LMSCommit("");
  document.getElementById("message").innerHTML = saved === "true" ? "Saved" : "Not saved";
}

function begin() {
  api = find(window);
  if (!api) return alert("No LMS");
  if (is2004) api.Initialize("");
  else api.LMSInitialize("");
  var status = read("completion_status", "core.lesson_status");
  if (status === "not attempted" || status === "unknown") {
    write("completion_status", "incomplete", "core.lesson_status");
  }
  now = Number(read("location", "core.lesson_location")) || 0;
  show();
}

function show() {
  document.getElementById("content").src = pages[now];
  document.getElementById("place").innerHTML = "Page " + (now + 1) + " of " + pages.length;
}

function turn(step) {
  if (!pages[now + step]) return;
  now += step;
  show();
  write("location", String(now), "core.lesson_location");
  save();
}

// The page with the question calls these.
function earlier() {
  return read("suspend_data", "suspend_data");
}

function answer(chosen, right) {
  var score = chosen === right ? 100 : 0;
  write("suspend_data", "q1=" + chosen, "suspend_data");
  write("score.raw", String(score));
  write("score.min", "0");
  write("score.max", "100");
  if (is2004) {
    write("score.scaled", String(score / 100));
    write("success_status", score ? "passed" : "failed");
    write("completion_status", "completed");
  } else write("", score ? "passed" : "failed", "core.lesson_status");
  save();
}

function end() {
  if (isOver || !api) return;
  isOver = true;
  var seconds = Math.round((new Date() - started) / 1000);
  if (is2004) {
    write("session_time", "PT" + seconds + "S");
    write("exit", "suspend");
    api.Terminate("");
  } else {
    var two = function (number) {
      return (number < 10 ? "0" : "") + number;
    };
    var time = "00" + two(Math.floor(seconds / 3600)) + ":" + two(Math.floor(seconds / 60) % 60) + ":" + two(seconds % 60);
    write("", time, "core.session_time");
    write("", "suspend", "core.exit");
    api.LMSFinish("");
  }
}

window.onbeforeunload = end;
window.onunload = end;
