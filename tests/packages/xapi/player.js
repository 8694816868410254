const launch = new URLSearchParams(location.search);
fetch(launch.get("endpoint") + "statements", { headers: { Authorization: launch.get("auth") } });
