# Redmine as it is; it ends when the test that started it does, however that ends.
require '/usr/share/redmine/config/environment'
Thread.new do
  $stdin.read
  Process.kill(:TERM, Process.pid)
end
run Rails.application
