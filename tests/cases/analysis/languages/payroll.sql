CREATE OR REPLACE FUNCTION bonus(p_salary IN NUMBER, p_years IN NUMBER)
RETURN NUMBER IS
  v_bonus NUMBER := 0;
BEGIN
  IF p_years > 10 AND p_salary < 5000 THEN
    v_bonus := 500;
  ELSIF p_years > 5 THEN
    v_bonus := 200;
  END IF;
  FOR i IN 1 .. 3 LOOP
    v_bonus := v_bonus + i;
  END LOOP;
  RETURN v_bonus;
END bonus;
/
