window.coursepackStatements={
"course": {"id": "https://courses.test/least", "objectType": "Activity", "definition": {"name": {"en": "The least course"}, "type": "http://adlnet.gov/expapi/activities/course"}},
"parts": {},
"pages": {"p1": {"object": {"id": "https://courses.test/least/pages/p1", "objectType": "Activity"}, "parent": [{"id": "https://courses.test/least", "objectType": "Activity"}]}},
"questions": {},
"media": {},
"shapes": {
"initialized": {"verb": {"id": "http://adlnet.gov/expapi/verbs/initialized", "display": {"en": "initialized"}}, "context": {"contextActivities": {"category": [{"id": "https://w3id.org/xapi/cmi5/context/categories/cmi5"}]}}},
"experienced": {"verb": {"id": "http://adlnet.gov/expapi/verbs/experienced", "display": {"en": "experienced"}}, "context": {"contextActivities": {"grouping": [{"id": "https://courses.test/least"}]}}},
"completed": {"verb": {"id": "http://adlnet.gov/expapi/verbs/completed", "display": {"en": "completed"}}, "result": {"completion": true}, "context": {"contextActivities": {"category": [{"id": "https://w3id.org/xapi/cmi5/context/categories/cmi5"}, {"id": "https://w3id.org/xapi/cmi5/context/categories/moveon"}]}}},
"terminated": {"verb": {"id": "http://adlnet.gov/expapi/verbs/terminated", "display": {"en": "terminated"}}, "context": {"contextActivities": {"category": [{"id": "https://w3id.org/xapi/cmi5/context/categories/cmi5"}]}}}
},
"report": {"answers": false, "media": false}};
