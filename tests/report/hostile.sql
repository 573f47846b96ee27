-- Every text of a results database that may be any, as an attacker would write it (others are refused when it is
-- opened): what breaks out of HTML text, attributes, scripts and JSON, and bytes that are no characters.
PRAGMA ignore_check_constraints = 1;
CREATE TEMP TABLE bad (text TEXT);
INSERT INTO bad VALUES ('</script><script>pwned=1</script><img src=x onerror=pwned=2>"''`${pwned=3}&lt;<!--' ||
  char(8238) || char(8232) || '\u003c/script>]]>' || char(1) || CAST(X'FF80C0AF' AS TEXT) ||
  '<svg onload=pwned=4></title></pre></details>');
UPDATE experiment SET name = (SELECT text FROM bad), question = (SELECT text FROM bad), file = (SELECT text FROM bad),
  text = (SELECT text FROM bad), sha256 = (SELECT text FROM bad), identity = (SELECT text FROM bad) || id,
  model_version = (SELECT text FROM bad), seed = (SELECT text FROM bad), command_line = (SELECT text FROM bad),
  started_utc = (SELECT text FROM bad), ended_utc = (SELECT text FROM bad),
  definition = json_set(definition, '$.noise', '<script>pwned=5</script>', '$.plots[0].panel', '<b onclick=pwned=6>',
    '$.plots[0].group', json_array('</script>', 'constructor', '__proto__'), '$.plots[0].where',
    json_object('__proto__', '<img>'));
UPDATE technology SET name = (SELECT text FROM bad) || id, sha256 = (SELECT text FROM bad) || id,
  text = replace(replace(text, 'source: "', 'source: "<script>pwned=7</script>'), 'title: ',
    'title: <img src=x onerror=pwned=11> ');
UPDATE network SET name = (SELECT text FROM bad) || id, sha256 = (SELECT text FROM bad);
UPDATE design SET name = (SELECT text FROM bad) || name,
  parameters = json_set(parameters, '$."<img src=x onerror=pwned=8>"', '</script><svg onload=pwned=9>' || id);
UPDATE precision SET label = (SELECT text FROM bad) || id;
UPDATE reason SET text = (SELECT text FROM bad) || id;
